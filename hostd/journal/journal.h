/* journal.h - what was done, what was there before, and what is ours.
 *
 * A folder (/var/lib/gasthof) that only this room writes:
 *
 *	lock			held by the one run that may change the machine
 *	ledger/ITEM.yaml	what the last good run gave each item; one file an item
 *	runs/NUMBER.jsonl	one line an event, appended and never rewritten: begin, intend
 *				(a step and its inverse, synced before the effect), outcome,
 *				ledger, end
 *	hold			the description that a rollback took back: the agent leaves the
 *				machine alone until it changes
 *
 * Secrets never get here: a step with a secret body is recorded without it.
 * Faults are FAULT_HOST: what cannot be written, or read back.
 */
#pragma once

#include "resource/kind.h"

struct journal;

/* Opens the folder, making it first if `write`; where it is not there and `write` is false the
 * journal is empty.  NULL and a fault where it cannot be used. */
struct journal *journal_open(struct arena *arena, const char *folder, bool write,
			     struct faults *faults);
void journal_close(struct journal *journal); /* also gives up the lock; NULL is accepted */
void journal_cleanup(struct journal **journal);
#define JOURNAL_AUTO __attribute__((cleanup(journal_cleanup)))

/* Takes the lock.  -1: another run holds it and `wait` is false (FAULT_MOVED), or it failed. */
int journal_lock(struct journal *journal, bool wait, struct faults *faults) MUST_CHECK;

/* ---- the ledger ---- */

/* Every item the ledger holds, of the kinds known; value is what was given. */
int journal_ledger(struct journal *journal, const struct kind *const *kinds,
		   struct items *ret_items, struct faults *faults) MUST_CHECK;

/* ---- one run ---- */

struct run;
enum run_status {
	RUN_RUNNING, /* begun and not ended: interrupted, if nobody holds the lock */
	RUN_DONE,    /* everything as wanted, or waiting */
	RUN_FAILED,  /* at least one item failed */
	RUN_CANCELLED,
	RUN_UNDONE, /* ended, and taken back by a later rollback */
};
const char *run_status_name(enum run_status status);

/* Begins the next run; needs the lock.  `command` as people know it: "apply", "rollback".
 * `undoes`: the run that this one takes back, or 0.  `hash`: of the plan, or NULL. */
struct run *run_begin(struct journal *journal, const char *command, const char *hash,
		      unsigned undoes, struct faults *faults);
unsigned run_number(const struct run *run);

/* Writes down a step and its inverse, synced to disk; ret_index numbers it. */
int run_intend(struct run *run, const char *item, const struct step *step,
	       const struct step *inverse, unsigned *ret_index, struct faults *faults) MUST_CHECK;
/* How it went: the outcome, or `failure` (a fault's message) where it failed. */
int run_outcome(struct run *run, unsigned index, const struct outcome *outcome, const char *failure,
		struct faults *faults) MUST_CHECK;

/* Gives the ledger what this item was given (NULL: drops it), and writes down what it held
 * before.  Nothing is written where it holds just that already. */
int run_ledger(struct run *run, const struct kind *kind, const char *name, const void *value,
	       struct faults *faults) MUST_CHECK;
/* The same with the text of a ledger file; used to take a run back. */
int run_ledger_restore(struct run *run, const char *file, const char *before,
		       struct faults *faults) MUST_CHECK;

/* Ends the run; the faults that are there by then are written down with it. */
int run_end(struct run *run, enum run_status status, struct faults *faults) MUST_CHECK;

/* ---- looking back ---- */

struct recorded_step {
	const char *item;
	struct step step, inverse;
	bool ended;          /* an outcome was written */
	enum result result;  /* where it ended without failure */
	const char *failure; /* or NULL */
};
struct recorded_ledger {
	const char *file;   /* name below ledger/ */
	const char *before; /* its text, or NULL: it was not there */
};
struct recorded_run {
	unsigned number, undoes, undone_by;         /* 0: none */
	const char *command, *hash, *began, *ended; /* times: 2026-11-22T21:14:05Z */
	enum run_status status;
	ARRAY(struct recorded_step) steps;
	ARRAY(struct recorded_ledger) ledger;
	ARRAY(const char *) faults; /* what was told at its end, a line each */
};
struct recorded_runs {
	ARRAY(struct recorded_run) list; /* oldest first */
};

/* Every run; a line cut short by a crash ends its run and is no fault. */
int journal_runs(struct journal *journal, struct recorded_runs *ret_runs,
		 struct faults *faults) MUST_CHECK;

/* ---- the hold ---- */

/* Keeps a digest of what a rollback took back (the description); NULL lifts it. */
int journal_hold(struct journal *journal, const char *what, struct faults *faults) MUST_CHECK;
/* 1 where just this is held, 0. */
int journal_held(struct journal *journal, const char *what, struct faults *faults) MUST_CHECK;
