# The storage of images of scripts/deploy/image.sh, and the image's name in it. To be sourced in the project's folder.
# shellcheck shell=bash
image=build/image
version=$(sed -n 's/^project(realpeer VERSION \([^ ]*\) .*/\1/p' CMakeLists.txt)
# shellcheck disable=SC2034
name=localhost/realpeer:$version

# vfs needs nothing of the file system below.
store() { buildah --root "$PWD/$image/storage" --runroot "$PWD/$image/run" --storage-driver vfs "$@"; }
