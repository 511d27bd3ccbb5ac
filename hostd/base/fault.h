/* fault.h - what went wrong, where, and who can help.
 *
 * One rule for the whole program: a function that can fail takes
 * `struct faults *faults` as its last argument and returns 0 or -1 (or a count,
 * or found/not found as 1/0), and it returns -1 exactly when it added at least
 * one fault.  errno never crosses a function boundary.  A function that only
 * collects faults returns nothing; its caller looks at `count`.  Nobody but
 * report/ and command/ prints a fault.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>

#include "base/arena.h"

#define MUST_CHECK      __attribute__((warn_unused_result))
#define PRINTF(fmt, at) __attribute__((format(printf, fmt, at)))

struct mark { /* a place in a description; line 0: nowhere */
	const char *file;
	unsigned line, column; /* counted from 1; columns count characters */
};

enum fault_kind {                    /* named after who can help */
		  FAULT_DESCRIPTION, /* its author: the YAML is wrong                  exit 3 */
		  FAULT_HOST,        /* the operator: the machine refused              exit 1 */
		  FAULT_MACHINE,     /* the owner: this machine cannot carry it        exit 4 */
		  FAULT_REFUSED,     /* the operator: allowed only when asked for      exit 5 */
		  FAULT_MOVED,       /* nobody: it changed under us, observe again     exit 1 */
};

struct fault {
	enum fault_kind kind;
	int error;           /* the errno behind it, or 0 */
	struct mark mark;    /* where in the description; line 0: nowhere */
	struct mark also;    /* the other place, e.g. of a duplicate key; line 0: none */
	const char *also_is; /* what the other place is: "first given here" */
	const char *hint;    /* what to write or do instead, or NULL */
	const char *within;  /* what the run was busy with: "guests.web: define domain", or NULL */
	const char *message; /* lower case, one clause, no full stop */
	struct fault *next;
};

struct within;
struct faults { /* all faults of one run, oldest first */
	struct arena *arena;
	struct fault *first, **end;
	unsigned count;
	const struct within *within;
};

/* Starts an empty collection whose faults live in `arena`. */
void faults_init(struct faults *faults, struct arena *arena);

/* Each adds one fault and returns -1, so that `return fault(...)` reads well.
 * fault_at is the description's author's (FAULT_DESCRIPTION); fault_errno adds
 * the text of `error` after a colon (FAULT_HOST). */
int fault(struct faults *faults, enum fault_kind kind, const char *format, ...) PRINTF(3, 4);
int fault_at(struct faults *faults, struct mark mark, const char *format, ...) PRINTF(3, 4);
int fault_errno(struct faults *faults, int error, const char *format, ...) PRINTF(3, 4);

/* Refine the fault added last: what to do instead; the second place. */
void fault_hint(struct faults *faults, const char *format, ...) PRINTF(2, 3);
void fault_also(struct faults *faults, struct mark mark, const char *what);

/* Moves all faults of `from` behind those of `faults`; `from` is empty afterwards. */
void faults_move(struct faults *faults, struct faults *from);

/* What the run was busy with, and what went wrong: "guests.web: define domain: refused". */
const char *fault_sentence(struct arena *arena, const struct fault *fault);

/* The fault added last, or NULL. */
struct fault *fault_last(struct faults *faults);

/* Name what this scope is busy with; every fault added inside carries it.
 *
 *	WITHIN(faults, "guests.%s", guest->name);
 */
struct within {
	struct faults *faults;
	const struct within *outer;
	char label[120];
};
void within_enter(struct within *within, const char *format, ...) PRINTF(2, 3);
void within_leave(struct within *within);

#define WITHIN_NAME_(line) within_##line
#define WITHIN_NAME(line)  WITHIN_NAME_(line)
#define WITHIN(faults_, ...)                                                      \
	struct within WITHIN_NAME(__LINE__)                                       \
		__attribute__((cleanup(within_leave))) = { .faults = (faults_) }; \
	within_enter(&WITHIN_NAME(__LINE__), __VA_ARGS__)
