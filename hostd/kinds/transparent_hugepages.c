/* transparent_hugepages.c - huge pages that the kernel gives by itself.
 *
 * Documentation/admin-guide/mm/transhuge.rst of the kernel.  The fallbacks are what Debian's kernel
 * starts with.  Catalogue B12, D12, D13, PIT40.
 */
#include "base/text.h"
#include "kinds/kernel_values.h"

#define THP "/sys/kernel/mm/transparent_hugepage/"

struct khugepaged {
	struct given given;
	bool defrag;
	uint32_t pages_to_scan, scan_sleep_millisecs, alloc_sleep_millisecs;
};

struct transparent_hugepages {
	struct given given;
	const char *enabled, *defrag;
	struct khugepaged khugepaged;
	struct text_list other;
};

static const char *const enabled_choices[] = { "always", "madvise", "never", NULL };
static const char *const defrag_choices[] = { "always",  "defer", "defer+madvise",
					      "madvise", "never", NULL };

static const struct field khugepaged_fields[] = {
	FIELD("defrag", struct khugepaged, defrag, CLASS_LIVE,
	      "it may move pages to make room for a huge one (khugepaged/defrag)",
	      .fallback = "true"),
	FIELD("pages_to_scan", struct khugepaged, pages_to_scan, CLASS_LIVE,
	      "pages looked at in each pass (khugepaged/pages_to_scan)", .fallback = "4096"),
	FIELD("scan_sleep_millisecs", struct khugepaged, scan_sleep_millisecs, CLASS_LIVE,
	      "milliseconds between passes (khugepaged/scan_sleep_millisecs)", .fallback = "10000"),
	FIELD("alloc_sleep_millisecs", struct khugepaged, alloc_sleep_millisecs, CLASS_LIVE,
	      "milliseconds until it tries again where there was no huge page to be had "
	      "(khugepaged/alloc_sleep_millisecs)",
	      .fallback = "60000"),
};
static const struct record khugepaged_record = RECORD(struct khugepaged, khugepaged_fields);

static const struct field fields[] = {
	FIELD("enabled", struct transparent_hugepages, enabled, CLASS_LIVE,
	      "who gets huge pages unasked: always, madvise (programs that say so, QEMU does), "
	      "never "
	      "(transparent_hugepage/enabled)",
	      .choices = enabled_choices, .fallback = "always", .example = "madvise"),
	FIELD("defrag", struct transparent_hugepages, defrag, CLASS_LIVE,
	      "who waits at a page fault for a huge page to be made; always costs under load "
	      "(transparent_hugepage/defrag)",
	      .choices = defrag_choices, .fallback = "madvise", .example = "defer+madvise"),
	FIELD_RECORD("khugepaged", struct transparent_hugepages, khugepaged, &khugepaged_record,
		     CLASS_LIVE, "the kernel's thread that makes small pages huge later"),
	FIELD("other", struct transparent_hugepages, other, CLASS_NONE,
	      "what was edited by hand in our file", .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
};
static const struct record record =
	RECORD(struct transparent_hugepages, fields, .shorthand = &fields[0]);

static const struct kernel_value rows[] = {
	{ "enabled", THP "enabled" },
	{ "defrag", THP "defrag" },
	{ "khugepaged.defrag", THP "khugepaged/defrag" },
	{ "khugepaged.pages_to_scan", THP "khugepaged/pages_to_scan" },
	{ "khugepaged.scan_sleep_millisecs", THP "khugepaged/scan_sleep_millisecs" },
	{ "khugepaged.alloc_sleep_millisecs", THP "khugepaged/alloc_sleep_millisecs" },
	{},
};

extern const struct kind transparent_hugepages_kind;
static const struct kernel_values values = { &transparent_hugepages_kind,
					     "/etc/tmpfiles.d/gasthof-transparent-hugepages.conf",
					     rows };

static void thp_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	(void)desired, (void)faults;
	kernel_values_complete(&values, item);
}

static int thp_observe(struct host *host, struct items *configured, struct items *running,
		       struct faults *faults)
{
	return kernel_values_observe(&values, host, configured, running, faults);
}

static int thp_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct transparent_hugepages *want = change->want ? change->want->value : NULL;

	if (want && GIVEN(&record, want, defrag) && string_equal(want->defrag, "always"))
		steps_note(steps,
			   "defrag: always makes every page fault wait while memory is moved");
	return kernel_values_plan(&values, change, steps, faults);
}

static int thp_render(const struct item *item, const struct view *view, struct text *text,
		      struct faults *faults)
{
	(void)view, (void)faults;
	kernel_values_render(&values, item, text);
	return 0;
}

const struct kind transparent_hugepages_kind = {
	.path = "memory.transparent_hugepages",
	.summary = "huge pages that the kernel gives by itself",
	.shape = SHAPE_SINGLE,
	.flags = KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = (const char *const[]){ NULL },
	.complete = thp_complete,
	.check = check_nothing,
	.observe = thp_observe,
	.same = same_name,
	.plan = thp_plan,
	.render = thp_render,
};
