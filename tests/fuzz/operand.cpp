// SPDX-License-Identifier: Apache-2.0
// Operands. The input describes a tree, which is made, and a path in it: a line with the path, one with the working
// directory, and one for each object, its parents first:
//     d0 etc          a directory; the digit is its owner and mode, as attributes has them
//     f4 etc/file     a file
//     l0 etc/link -> ../srv
// Where a path or a target begins with @, that stands for the tree's own path.
#include "stepdown/system/resolve.h"

#include "fuzz/operand_model.h"
#include "fuzz/oracle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace {

using namespace stepdown;
using namespace stepdown::fuzz;

struct Attributes {
    uid_t uid;
    gid_t gid;
    mode_t mode;
};
constexpr std::array<Attributes, 8> attributes{{{0, 0, 0755},
                                                {0, 0, 0775},
                                                {0, 0, 0757},
                                                {0, 0, 01777},
                                                {1000, 1000, 0755},
                                                {1000, 0, 0700},
                                                {0, 0, 0700},
                                                {0, 1000, 0755}}};

// The directories from / to path, as they are.
Tree trace_path(const std::string& path) {
    Tree tree;
    tree.nodes["/"] = Node{};
    tree.half_known.insert("/");
    for (std::size_t end = 0; end < path.size();) {
        end = std::min(path.find('/', end + 1), path.size());
        const std::string directory = path.substr(0, end);
        struct stat status {};
        expect(::lstat(directory.c_str(), &status) == 0, "the way to the scratch directory is there", {directory});
        tree.nodes[directory] = {NodeKind::directory, status.st_uid, status.st_mode & 07777U, ""};
        tree.half_known.insert(directory);
    }
    return tree;
}

// A tree that stands in the scratch directory while it lives. What cannot be made is not in it.
class MadeTree {
  public:
    explicit MadeTree(std::string top) : top_(std::move(top)), tree_(trace_path(top_.substr(0, top_.rfind('/')))) {
        add('d', attributes[0], top_, "");
    }
    MadeTree(const MadeTree&) = delete;
    MadeTree& operator=(const MadeTree&) = delete;
    ~MadeTree() {
        // Deepest first: a path sorts before what is below it. All parents are directories that were made here.
        for (auto each = tree_.nodes.rbegin(); each != tree_.nodes.rend(); ++each) {
            if (tree_.half_known.contains(each->first)) continue;
            if (each->second.kind == NodeKind::directory) {
                ::rmdir(each->first.c_str());
            } else {
                ::unlink(each->first.c_str());
            }
        }
    }

    void add(const std::string& line) {
        const auto words = cut(line, " -> ");
        const std::string& object = words[0];
        if (object.size() < 4 || object[1] < '0' || object[1] > '7' || object[2] != ' ') return;
        const Attributes& given = attributes[static_cast<std::size_t>(object[1] - '0')];
        const std::string path = top_ + "/" + object.substr(3);
        if (is_new(path)) add(object[0], given, path, words.size() > 1 ? in_place(words[1]) : "");
    }

    [[nodiscard]] std::string in_place(const std::string& path) const {
        return path.starts_with('@') ? top_ + path.substr(1) : path;
    }
    [[nodiscard]] bool is_directory(const std::string& path) const {
        const auto found = tree_.nodes.find(path);
        return found != tree_.nodes.end() && found->second.kind == NodeKind::directory;
    }
    [[nodiscard]] const Tree& tree() const { return tree_; }

  private:
    // Whether path names something that is not there yet, in a directory that was made here and by no other way.
    [[nodiscard]] bool is_new(const std::string& path) const {
        const auto slash = path.rfind('/');
        const std::string name = path.substr(slash + 1);
        return !name.empty() && name != "." && name != ".." && is_directory(path.substr(0, slash)) &&
               !tree_.nodes.contains(path);
    }

    void add(char kind, const Attributes& given, const std::string& path, const std::string& target) {
        Node node{NodeKind::directory, given.uid, given.mode, target};
        const char* name = path.c_str();
        bool is_made = false;
        if (kind == 'd') is_made = ::mkdir(name, 0700) == 0;
        if (kind == 'f') {
            node.kind = NodeKind::file;
            is_made = ::mknod(name, S_IFREG | 0600, 0) == 0;
        }
        if (kind == 'l') {
            node.kind = NodeKind::link;
            is_made = ::symlink(target.c_str(), name) == 0;
        }
        if (!is_made) return;
        if (::lchown(name, given.uid, given.gid) != 0) node.uid = ::geteuid();
        if (kind != 'l') expect(::chmod(name, given.mode) == 0, "the mode can be set", {path});
        tree_.nodes[path] = node;
    }

    std::string top_;
    Tree tree_;
};

void expect_object(const Resolved& resolved, const std::string& path, const std::string& operand) {
    expect(resolved.path == path, "the path is that of the object", {operand, resolved.path, path});
    struct stat found {};
    struct stat meant {};
    expect(::fstat(resolved.fd.get(), &found) == 0 && ::lstat(path.c_str(), &meant) == 0, "both are there", {path});
    expect(found.st_ino == meant.st_ino && found.st_dev == meant.st_dev, "the object is the one of that path", {path});
}

void expect_error(const Error& error, const Destination& meant, const std::string& operand) {
    expect(is_clean(error.message), "a refusal has a reason", {operand});
    expect(error.number == meant.number, "the error is the one that the rule has",
           {operand, error.message, std::to_string(meant.number)});
}

void check_resolve(const std::string& operand, const Destination& meant) {
    const auto resolved = resolve("change the owner of", operand);
    if (!resolved) return expect_error(resolved.error(), meant, operand);
    expect(meant.number == 0, "what the rule refuses is refused", {operand, resolved->path});
    expect_object(*resolved, meant.path, operand);
}

void check_reach(const std::string& operand, const Destination& meant) {
    const auto reached = reach("create", operand);
    if (!reached) return expect_error(reached.error(), meant, operand);
    expect(meant.number == 0 || !meant.missing.empty(), "what the rule refuses is refused", {operand});
    expect(reached->missing == meant.missing, "the names that are missing are those", {operand, reached->path()});
    expect_object(reached->deepest, meant.path, operand);
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    auto lines = cut({reinterpret_cast<const char*>(data), size}, "\n");
    if (lines.size() < 3 || std::string_view(reinterpret_cast<const char*>(data), size).find('\0') != std::string::npos)
        return -1;
    const std::string top = scratch_directory() + "/tree";
    MadeTree made(top);
    for (std::size_t i = 2; i < lines.size(); ++i) made.add(lines[i]);
    const std::string operand = made.in_place(lines[0]);
    const std::string directory = made.is_directory(top + "/" + lines[1]) ? top + "/" + lines[1] : top;
    const Destination meant = where_leads(made.tree(), directory, operand);
    if (meant.certainty == Destination::Certainty::outside) return -1;
    const WorkingDirectory here(directory);
    check_resolve(operand, meant);
    check_reach(operand, meant);
    return 0;
}
