/* unit_name.h - names of systemd units that stand for a path (systemd.unit(5), escaping). */
#pragma once

#include "base/arena.h"

/* "/var/lib/a-b" and ".swap": "var-lib-a\x2db.swap". */
const char *unit_name_of_path(struct arena *arena, const char *path, const char *ending);
