# Sourced. apt-get with lists and a state of its own: this machine's packages and architectures stay as they are.
# shellcheck shell=bash

apt_directory="" apt_architecture=""

# use_apt ARCHITECTURE DIRECTORY: of a machine of that architecture, on which nothing is installed. DIRECTORY is absolute.
use_apt() {
    apt_architecture=$1 apt_directory=$2
    mkdir -p "$apt_directory"/{state/lists/partial,cache/archives/partial,debs,sources}
    : >"$apt_directory/status"
}

# foreign_apt COMMAND...: apt-get as that machine would run it.
foreign_apt() {
    apt-get -q -o "APT::Architecture=$apt_architecture" -o "APT::Architectures=$apt_architecture" \
        -o APT::Sandbox::User=root -o "Dir::State=$apt_directory/state" -o "Dir::State::status=$apt_directory/status" \
        -o "Dir::Cache=$apt_directory/cache" -o Acquire::Languages=none "$@"
}

# fetch_source PACKAGE: unpacks Debian's source package, patches included, in the directory of use_apt. A bare machine's
# lists have no sources: they are derived from the binaries' here, in whichever form those have (sources.list(5)).
fetch_source() {
    if [[ -e /etc/apt/sources.list.d/debian.sources ]]; then
        sed 's/^Types: .*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$apt_directory/sources/debian.sources"
    else
        sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$apt_directory/sources/debian.list"
    fi
    local sources=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt_directory/sources")
    foreign_apt "${sources[@]}" update
    (cd "$apt_directory" && foreign_apt "${sources[@]}" source "$1")
}
