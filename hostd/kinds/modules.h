/* modules.h - the files of the kind kernel.modules, among themselves. */
#pragma once

#include "host/read/host.h"
#include "resource/desired.h"

struct option {
	struct given given;
	const char *value;
	bool writable; /* observed: takes a new value while loaded */
};

struct module {
	struct given given;
	const char *load;
	struct map options; /* of struct option */
	bool loaded;
	struct text_list other;
	/* Observed; not in the table. */
	const char *options_text, *load_text; /* our files; NULL: not there */
};

extern const struct record module_record, module_option_record;
extern const struct kind modules_kind;

/* The kernel takes - and _ for one. */
const char *module_name(struct arena *arena, const char *name);

/* A flag of the kernel's shows as Y or N and is said in many ways: "1" and "0". */
const char *option_normal(const char *value);
/* Whether two values (`const char *` each) mean one thing; the row's equality. */
bool option_equal(const void *want, const void *have);

/* Our files, and what has to stand in them; NULL: no file. */
const char *module_options_path(struct arena *arena, const char *name);
const char *module_load_path(struct arena *arena, const char *name);
const char *module_options_text(struct arena *arena, const char *name, const struct module *module);
const char *module_load_text(struct arena *arena, const char *name, const struct module *module);
/* Every module that has a file of ours, added to `configured`. */
int modules_observe_files(struct host *host, struct items *configured,
			  struct faults *faults) MUST_CHECK;
/* Sets the value of an option that is added where it is not there. */
void module_option_put(struct arena *arena, struct module *module, const char *name,
		       const char *value, bool writable);

int modules_observe(struct host *host, struct items *configured, struct items *running,
		    struct faults *faults) MUST_CHECK;
/* The facts; NULL where this kernel has no such module. */
struct module_facts {
	struct host_kernel_module kernel;
	const char *drives; /* asked of one that is to stay out: what the host stands on and it
			     * drives, "0000:02:00.0, which holds /"; or NULL */
};
int modules_probe(struct host *host, struct arena *arena, const struct item *want,
		  const struct desired *desired, const void **ret_facts,
		  struct faults *faults) MUST_CHECK;
int modules_plan(const struct change *change, struct steps *steps,
		 struct faults *faults) MUST_CHECK;
