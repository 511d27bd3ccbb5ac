/* report.h - what happened, for people and for programs.
 *
 * The only room that knows how a fault, a plan or a run looks.  One instance of
 * `struct output` per format; every member is set.  Nothing is decided here.
 */
#pragma once

#include <stdio.h>

#include "document/document.h"
#include "engine/engine.h"
#include "journal/journal.h"
#include "plan/plan.h"

struct reporter {
	FILE *out, *err;
	bool colour;
	bool verbose;                  /* show steps too, not only differing fields */
	const struct sources *sources; /* for excerpts; may be NULL */
	struct arena *arena;
};

struct output {
	const char *name; /* "text", "json", "yaml" */
	/* Faults go to `err` as text, to `out` in the other formats. */
	void (*faults)(const struct reporter *, const struct faults *);
	void (*plan)(const struct reporter *, const struct plan *);
	void (*status)(const struct reporter *, const struct plan *, const struct recorded_runs *);
	void (*history)(const struct reporter *, const struct recorded_runs *);
	void (*result)(const struct reporter *, const struct engine_result *,
		       const struct faults *);
	/* A tree as it is: a description, a schema, an explanation. */
	void (*tree)(const struct reporter *, const struct node *);
};

extern const struct output output_text, output_json, output_yaml;

/* The output of a name, or NULL. */
const struct output *output_find(const char *name);

/* The exit status that a run's faults ask for (ARCHITECTURE.md, the command): 0 none, 3
 * description, 4 machine, 5 refused, else 1.  Of several kinds the first listed here wins:
 * description, machine, refused, host. */
int faults_exit_status(const struct faults *faults);

/* A watcher that tells people on `err` what is being done, with elapsed time. */
struct watcher *watcher_text(const struct reporter *reporter);

/* The same as trees, for whoever keeps them: every item of a plan (`all`), or those that speak. */
struct node *faults_tree(struct arena *arena, const struct faults *faults);
struct node *plan_tree(struct arena *arena, const struct plan *plan, bool all);

/* One fault on one line without its place: for the console and the journal. */
void fault_line(struct text *text, const struct fault *fault);
