/* agent.h - the process that stays: it starts runs, and never works itself.
 *
 * A run is started at the start of the agent, when a file of the description changes, every
 * minute to look for drift, and when libvirt tells of a change (listener.h).  Each is a process of
 * its own (`gasthof run`), so that a download or a guest that takes its time to shut down cannot
 * starve the watchdog.
 */
#pragma once

/* What the last run saw, as JSON; runs write it, the console and the bus show it. */
#define STATE_FILE "/run/gasthof/status.json"

/* What a run tells the agent, a byte each (alive.h). */
enum run_sign {
	SIGN_GOES_ON = '.',
	SIGN_LOOKS = 'o',   /* it is about to look: what happened before it will see */
	SIGN_HEARD = 'l',   /* it is about something that libvirt tells of (KIND_HEARD) */
	SIGN_UNHEARD = 'q', /* it is about nothing of that kind */
};

/* The main loop (`--silence=SECONDS`: when a run hangs, see alive.h;
 * `--every=SECONDS`: between two looks, instead of a minute); ends on
 * SIGTERM, after the run at hand was told to stop.  Returns the exit status of the process. */
int agent_main(int argc, char **argv);
