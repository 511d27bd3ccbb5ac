/* trial.h - a boot on trial: what was asked of it, and what became of it.
 *
 * A changed command line is booted once, beside the one that was good, with words that make a
 * failure end by itself.  Whoever prepares it writes TRIAL_FILE; whoever sees how it went writes
 * VERDICT_FILE.  A boot that left neither a verdict nor itself did not reach user space.
 */
#pragma once

#include "base/fault.h"
#include "schema/record.h"

#define TRIAL_FOLDER "/var/lib/gasthof/boot"
#define TRIAL_FILE   TRIAL_FOLDER "/trial"
#define VERDICT_FILE TRIAL_FOLDER "/verdict"
/* Where the initrd leaves its own word, on the ESP (/usr/lib/gasthof/emergency). */
#define TRIAL_NOTE "/loader/gasthof-trial"

/* The words of the kernel's line that make it a trial: which one it is, and that a panic
 * restarts the machine (panic=, in seconds). */
#define TRIAL_WORD  "gasthof.trial"
#define TRIAL_PANIC "panic=30"
/* For PID 1 to arm the hardware's watchdog, where there is one. */
#define TRIAL_WATCHDOG "systemd.watchdog_sec=120"

struct trial {
	struct given given;
	uint32_t generation;
	const char *line;    /* the whole line without the words of the trial */
	const char *changed; /* "+nosmt -mitigations=off" */
	const char *loader;  /* who boots it: "systemd-boot", "grub", "kexec" */
	const char *boot;    /* /proc/sys/kernel/random/boot_id of when it was prepared */
	/* What was so before, and must be so again. */
	bool agent;              /* the agent was running */
	struct text_list links;  /* these had an address */
	struct text_list faults; /* the agent saw these already */
};

struct verdict {
	struct given given;
	uint32_t generation;
	bool healthy;
	const char *why; /* it is not */
};

extern const struct record trial_record, verdict_record;

/* The file's text. */
const char *trial_print(struct arena *arena, const struct record *record, const void *value);
/* Reads it back; -1 with a fault where it does not read. */
int trial_read(struct arena *arena, const struct record *record, const char *text, void *value,
	       struct faults *faults) MUST_CHECK;

/* What is left to be said of the boot that runs. */
enum trial_standing {
	TRIAL_SETTLED, /* it is no trial, or it was kept */
	TRIAL_OPEN, /* nobody kept it yet; one that failed and was chosen by hand is judged anew */
	TRIAL_LOST, /* it is one, and what it is judged by is not to be seen: never healthy */
};

/* Of the boot whose line names `generation` (0: none), by what the files say (NULL: not there).
 * `folder`: TRIAL_FOLDER is there; the file system that it is on may not be. */
enum trial_standing trial_standing(uint32_t generation, bool folder, const struct trial *trial,
				   const struct verdict *verdict);

struct node;

/* Why the agent's first run, as its state file tells of it (NULL: there is none), is not as well as
 * the one before the trial was; NULL: it is.  A run that could not say what it saw is not. */
const char *trial_run_flaw(struct arena *arena, const struct trial *trial,
			   const struct node *state);

/* A line with the words of a trial at its end. */
const char *trial_line(struct arena *arena, const char *line, uint32_t generation, bool watchdog);
/* A line without them; `ret_generation`, which may be NULL: 0 where it is no trial's. */
const char *trial_strip(struct arena *arena, const char *line, uint32_t *ret_generation);
