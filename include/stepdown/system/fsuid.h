// Whose rights the kernel checks when this thread touches files.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace stepdown {

// With CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH dropped, root may not enter a 0700 directory of another user. As that
// user it may: by the thread's file-system uid (setfsuid(2)), which needs CAP_SETUID and changes nothing on disk. The
// capabilities that concern files are gone meanwhile, CAP_CHOWN among them (capabilities(7)).
// One thread's, and one at a time in a thread; the thread is itself again when the object goes.
class FileIdentity {
  public:
    FileIdentity();
    FileIdentity(const FileIdentity&) = delete;
    FileIdentity& operator=(const FileIdentity&) = delete;
    ~FileIdentity() { become_self(); }

    // Whether files are touched as uid from now on; if not, as before. Only root becomes somebody else.
    [[nodiscard]] bool become(uid_t uid);
    void become_self();

    [[nodiscard]] uid_t self() const { return self_; }
    [[nodiscard]] uid_t now() const { return now_; }

  private:
    void change(uid_t uid);

    uid_t self_;
    uid_t now_;
    std::optional<int> parent_death_signal_;  // asked for before the first change
};

}  // namespace stepdown
