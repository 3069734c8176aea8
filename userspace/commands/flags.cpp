// Flags that more than one command reads; a flag of one command alone stands in that command's file.
#include <gflags/gflags.h>

DEFINE_string(config, "", "the configuration file");
DEFINE_bool(json, false, "print JSON instead of text");
DEFINE_string(admin, "", "the admin listener of the daemon: ADDR:PORT or unix:PATH");
DEFINE_string(token_file, "", "holds the token of the admin listener, where it asks for one");
