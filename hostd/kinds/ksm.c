/* ksm.c - equal pages of guests kept once.
 *
 * Documentation/admin-guide/mm/ksm.rst of the kernel.  Catalogue D15, D16, D17, D19, PIT41 to
 * PIT43.
 */
#include <stdlib.h>

#include "kinds/guests_memory.h"
#include "kinds/kernel_values.h"

#define KSM "/sys/kernel/mm/ksm/"

struct ksm {
	struct given given;
	bool run, merge_across_nodes, use_zero_pages;
	uint32_t pages_to_scan, sleep_millisecs, max_page_sharing;
	struct text_list other;
	struct bytes saved;
	int64_t pages_shared, pages_sharing, pages_unshared, full_scans;
};

static const struct field fields[] = {
	FIELD("run", struct ksm, run, CLASS_LIVE,
	      "whether equal pages are looked for; false leaves those that were merged (ksm/run)",
	      .fallback = "false", .example = "true"),
	FIELD("pages_to_scan", struct ksm, pages_to_scan, CLASS_LIVE,
	      "pages looked at before it sleeps (ksm/pages_to_scan)", .fallback = "100",
	      .example = "1200"),
	FIELD("sleep_millisecs", struct ksm, sleep_millisecs, CLASS_LIVE,
	      "milliseconds it sleeps (ksm/sleep_millisecs)", .fallback = "20", .example = "10"),
	FIELD("merge_across_nodes", struct ksm, merge_across_nodes, CLASS_LIVE,
	      "pages of different NUMA nodes are merged too; changes only while none are merged "
	      "(ksm/merge_across_nodes)",
	      .fallback = "true", .example = "false"),
	FIELD("use_zero_pages", struct ksm, use_zero_pages, CLASS_LIVE,
	      "empty pages become the kernel's own (ksm/use_zero_pages)", .fallback = "false",
	      .example = "true"),
	FIELD("max_page_sharing", struct ksm, max_page_sharing, CLASS_LIVE,
	      "the most that share one page; changes only while none are merged "
	      "(ksm/max_page_sharing)",
	      .least = 2, .most = UINT32_MAX, .fallback = "256"),
	FIELD("other", struct ksm, other, CLASS_NONE, "what was edited by hand in our file",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD("saved", struct ksm, saved, CLASS_NONE,
	      "memory that merging saves now (ksm/pages_sharing)", .flags = FIELD_COUNTER),
	FIELD("pages_shared", struct ksm, pages_shared, CLASS_NONE,
	      "pages that are kept once (ksm/pages_shared)", .flags = FIELD_COUNTER),
	FIELD("pages_sharing", struct ksm, pages_sharing, CLASS_NONE,
	      "pages that are not kept because of them (ksm/pages_sharing)",
	      .flags = FIELD_COUNTER),
	FIELD("pages_unshared", struct ksm, pages_unshared, CLASS_NONE,
	      "pages looked at in vain (ksm/pages_unshared)", .flags = FIELD_COUNTER),
	FIELD("full_scans", struct ksm, full_scans, CLASS_NONE,
	      "how often everything was looked at (ksm/full_scans)", .flags = FIELD_COUNTER),
};
static const struct record record = RECORD(struct ksm, fields, .shorthand = &fields[0]);

static bool none_is_merged(const struct change *change, struct steps *steps)
{
	const struct ksm *have = change->running->value;

	if (!have->pages_shared)
		return true;
	steps_wait(steps, WAIT_REBOOT,
		   "%lld pages are merged, and merge_across_nodes and max_page_sharing change only "
		   "while none is",
		   (long long)have->pages_shared);
	return false;
}

/* It is started last, so that it never runs with half of what was asked for. */
static const struct kernel_value rows[] = {
	{ "merge_across_nodes", KSM "merge_across_nodes", none_is_merged },
	{ "max_page_sharing", KSM "max_page_sharing", none_is_merged },
	{ "pages_to_scan", KSM "pages_to_scan" },
	{ "sleep_millisecs", KSM "sleep_millisecs" },
	{ "use_zero_pages", KSM "use_zero_pages" },
	{ "run", KSM "run" },
	{},
};

extern const struct kind ksm_kind;
static const struct kernel_values values = { &ksm_kind, "/etc/tmpfiles.d/gasthof-ksm.conf", rows };

static void ksm_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	(void)desired, (void)faults;
	kernel_values_complete(&values, item);
}

enum { PAGE_BYTES = 4096 };

static int observe_counters(struct host *host, struct ksm *ksm, struct faults *faults)
{
	static const char *const names[] = { "pages_shared", "pages_sharing", "pages_unshared",
					     "full_scans" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct field *field = record_find(&record, names[i]);
		uint64_t count = 0;
		int there = host_read_count(host, arena_printf(host->arena, KSM "%s", names[i]),
					    &count, faults);
		if (there < 0)
			return -1;
		if (!there)
			continue;
		*(int64_t *)((char *)ksm + field->offset) = (int64_t)count;
		record_give(&record, ksm, field->offset, true);
	}
	if (GIVEN(&record, ksm, pages_sharing))
		SET(&record, ksm, saved,
		    ((struct bytes){ (uint64_t)ksm->pages_sharing * PAGE_BYTES }));
	return 0;
}

static int ksm_observe(struct host *host, struct items *configured, struct items *running,
		       struct faults *faults)
{
	if (kernel_values_observe(&values, host, configured, running, faults) < 0)
		return -1;
	return observe_counters(host, items_find(running, &ksm_kind, "")->value, faults);
}

struct ksm_facts {
	bool swaps;        /* there is swap, or some is described */
	const char *quick; /* a link of 10 Gbit/s or more, or NULL */
};

static int links_look(struct host *host, struct arena *arena, const char **ret_quick,
		      struct faults *faults)
{
	enum { QUICK = 10000 }; /* Mbit/s */
	struct host_names links = {};
	struct faults unheard; /* a link that is down has no speed, and reading it fails */

	faults_init(&unheard, arena);
	if (host_list(host, "/sys/class/net", &links, faults) < 0)
		return -1;
	EACH(link, &links.list) {
		const char *line = NULL;
		const char *path = arena_printf(arena, "/sys/class/net/%s/speed", *link);
		const char *device = arena_printf(arena, "/sys/class/net/%s/device", *link);
		struct host_file file = {};
		if (host_stat(host, device, &file, &unheard) == 1 &&
		    host_read_line(host, path, &line, &unheard) == 1 && atoi(line) >= QUICK)
			*ret_quick = *link;
	}
	return 0;
}

static int ksm_probe(struct host *host, struct arena *arena, const struct item *want,
		     const struct desired *desired, const void **ret_facts, struct faults *faults)
{
	struct ksm_facts *facts = ARENA_NEW(arena, struct ksm_facts);
	struct memory_machine machine;

	(void)want;
	*ret_facts = facts;
	if (memory_machine_look(host, &machine, faults) < 0)
		return -1;
	facts->swaps = machine.swap > 0;
	DESIRED_EACH(swap, desired, "host.swap")
		facts->swaps |= swap->kind != NULL;
	return links_look(host, arena, &facts->quick, faults);
}

static void note_costs(const struct change *change, struct steps *steps)
{
	const struct ksm *want = change->want->value;
	const struct ksm_facts *facts = change->facts;

	if (!facts->swaps) /* D20, PIT41 */
		steps_note(steps, "a page that is written to needs memory of its own again, and "
				  "there is no swap");
	if (facts->quick) /* PIT42 */
		steps_note(steps,
			   "looking for equal pages takes processor time that %s needs at "
			   "full speed",
			   facts->quick);
	if (!GIVEN(&record, want, pages_to_scan) && !GIVEN(&record, want, sleep_millisecs))
		steps_note(steps, "100 pages every 20 ms are half an hour for 32GiB: pages_to_scan "
				  "and sleep_millisecs say otherwise"); /* PIT43 */
}

static int ksm_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	if (change->want && ((const struct ksm *)change->want->value)->run)
		note_costs(change, steps);
	return kernel_values_plan(&values, change, steps, faults);
}

static int ksm_render(const struct item *item, const struct view *view, struct text *text,
		      struct faults *faults)
{
	(void)view, (void)faults;
	kernel_values_render(&values, item, text);
	return 0;
}

const struct kind ksm_kind = {
	.path = "memory.ksm",
	.summary = "equal pages of guests kept once",
	.shape = SHAPE_SINGLE,
	.flags = KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = (const char *const[]){ NULL },
	.complete = ksm_complete,
	.check = check_nothing,
	.observe = ksm_observe,
	.probe = ksm_probe,
	.same = same_name,
	.plan = ksm_plan,
	.render = ksm_render,
};
