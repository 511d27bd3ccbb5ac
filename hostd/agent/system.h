/* system.h - what a command that systemd started has to say to it, and to ask. */
#pragma once

#include "base/fault.h"

/* host_module's going_down: SystemState is "stopping" (org.freedesktop.systemd1(5)). */
int system_going_down(struct faults *faults);
/* host_module's ready. */
void system_ready(void);
