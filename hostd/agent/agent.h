/* agent.h - the process that stays: it starts runs, and never works itself.
 *
 * A run is started at the start of the agent, when a file of the description changes, and
 * every minute to look for drift.  Each is a process of its own (`gasthof run`), so that a
 * download or a guest that takes its time to shut down cannot starve the watchdog.
 */
#pragma once

/* What the last run saw, as JSON; runs write it, the console and the bus show it. */
#define STATE_FILE "/run/gasthof/status.json"

/* The main loop (`--silence=SECONDS` as its argument: when a run hangs, see alive.h); ends on
 * SIGTERM, after the run at hand was told to stop.  Returns the exit status of the process. */
int agent_main(int argc, char **argv);
