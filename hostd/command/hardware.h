/* hardware.h - what a machine can do, for people and for programs. */
#pragma once

#include <stdio.h>

#include "document/node.h"
#include "kinds/platform.h"

/* A table of at most 79 columns, grouped: what is fine on one line, what is not with its evidence,
 * what it is needed for, and what to change. */
void hardware_print(FILE *out, struct arena *arena, const struct platform *platform);

/* The same on some twenty lines: only what the firmware could turn on has its remedy. */
void hardware_print_brief(FILE *out, struct arena *arena, const struct platform *platform);

/* {"machine": {"sockets", "cores", "threads", "numa_nodes", "memory_bytes", "firmware", "cpu":
 * {"vendor", "model", "flags"}}, "capabilities": [{"id", "state", "evidence", "needed_for",
 * "remedy"}]}.  What is not known is null. */
struct node *hardware_tree(struct arena *arena, const struct platform *platform);
