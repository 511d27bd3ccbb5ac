/* command.h - the verbs of the command line: one table, one file each. */
#pragma once

#include <stdio.h>

#include "report/report.h"

#define DESCRIPTION_PATH "/etc/gasthof/host.yaml"
#define STATE_PATH       "/var/lib/gasthof"

enum { /* exit statuses */
       EXIT_DONE = 0,
       EXIT_FAILED = 1,
       EXIT_PENDING = 2, /* plan and status with --exit-code */
       EXIT_DESCRIPTION = 3,
       EXIT_MACHINE = 4,
       EXIT_REFUSED = 5,
};

struct options { /* what was given on the command line */
	const struct output *output;
	const char *root;      /* a captured machine instead of this one, or NULL */
	const char *state;     /* the journal's folder */
	const char *plan_hash; /* the plan that was approved, or NULL */
	unsigned allow;        /* classes allowed, bit 1 << class */
	bool exit_code, implied, verbose, partial, manual;
	int argument_count;
	char **arguments; /* what follows the options */
};

enum option_bits {
	TAKES_OUTPUT = 1 << 0,
	TAKES_ROOT = 1 << 1,
	TAKES_STATE = 1 << 2,
	TAKES_ALLOW = 1 << 3,
	TAKES_PLAN = 1 << 4,
	TAKES_EXIT_CODE = 1 << 5,
	TAKES_IMPLIED = 1 << 6,
	TAKES_VERBOSE = 1 << 7,
	TAKES_PARTIAL = 1 << 8,
	TAKES_MANUAL = 1 << 9,
};

struct session { /* one run of the program */
	struct arena *arena;
	struct faults faults;
	struct sources sources;
	struct reporter reporter;
	const struct options *options;
};

struct command_verb {
	const char *name;
	const char *arguments; /* for help: "[FILE]" */
	const char *summary;
	unsigned takes;  /* option_bits */
	int least, most; /* how many arguments */
	int (*run)(struct session *session);
};
extern const struct command_verb command_verbs[]; /* ended by a NULL name */

/* The argument at `index`, or `otherwise`. */
const char *session_argument(const struct session *session, int index, const char *otherwise);
/* "guests/web" of "guests.web", as plans and faults write it; anything else as it is. */
const char *session_item(const struct session *session, const char *what);
/* Reports the faults of the session and gives their exit status. */
int session_fail(struct session *session);
/* Loads the description named first, or the host's own. */
int session_load(struct session *session, int index, struct desired *ret_desired) MUST_CHECK;
/* This machine, or the captured one that --root names; NULL and a fault. */
struct host *session_host(struct session *session);

/* Observes and plans.  What is blocked has its faults in the session, and the rest is planned
 * all the same; -1: there is no plan at all. */
int session_plan(struct session *session, const struct desired *desired, struct host *host,
		 struct plan *ret_plan) MUST_CHECK;

int command_validate(struct session *session);
int command_check(struct session *session);
int command_show(struct session *session);
int command_explain(struct session *session);
int command_schema(struct session *session);
int command_render(struct session *session);
int command_import(struct session *session);
int command_export(struct session *session);
int command_adopt(struct session *session);
int command_plan(struct session *session);
int command_apply(struct session *session);
int command_rollback(struct session *session);
int command_history(struct session *session);
int command_status(struct session *session);
int command_run(struct session *session);
int command_trial(struct session *session);
int command_guests(struct session *session);
int command_console(struct session *session);
