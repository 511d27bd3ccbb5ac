/* boot.c - the kernel's command line: one item that owns it.
 *
 * Arguments come from kernel.args and from kinds that need one (kernel_args.h).  The line is
 * compared word by word, what runs (/proc/cmdline) and what the next boot will get apart.
 * Words that others put there, and those of the image itself, stay.
 */
#include "kinds/boot.h"

#include <string.h>

#include "host/read/host.h"

static const char *const whens[] = { "now", "next", NULL };

static const struct field argument_fields[] = {
	FIELD("words", struct argument, words, CLASS_REBOOT,
	      "the argument as it stands on the line"),
	FIELD("by", struct argument, by, CLASS_NONE, "who says it", .flags = FIELD_PLAIN),
	FIELD("repeats", struct argument, repeats, CLASS_NONE, "said by several, a word each",
	      .flags = FIELD_PLAIN),
};
const struct record argument_record = RECORD(struct argument, argument_fields, .key = &type_text);

static const struct field fields[] = {
	FIELD("when", struct boot, when, CLASS_NONE,
	      "now: the run reboots the machine at its end; next: whenever it boots next",
	      .flags = FIELD_PLAIN, .fallback = "now", .choices = whens, .example = "next"),
	FIELD_MAP("arguments", struct boot, arguments, &argument_record, CLASS_REBOOT,
		  "arguments of the kernel's command line", .flags = FIELD_IMPLIED),
};
const struct record boot_record = RECORD(struct boot, fields);

static const struct boot *value_in(const struct items *items)
{
	const struct item *item = items ? items_find(items, &boot_kind, "") : NULL;

	return item ? item->value : NULL;
}

static void boot_see(struct items *items, const char *line, const struct boot_lines *machine)
{
	struct boot *boot = items_add(items, &boot_kind, "")->value;

	boot->machine = machine;
	boot_arguments(items->arena, line, NULL, value_in(items->wanted), value_in(items->given),
		       boot);
}

static int boot_observe(struct host *host, struct items *configured, struct items *running,
			struct faults *faults)
{
	struct boot_lines *machine = ARENA_NEW(running->arena, struct boot_lines);
	int found = host_read_line(host, "/proc/cmdline", &machine->running, faults);

	if (found <= 0)
		return found;
	/* Whoever said it this time says it again, as far as anybody can tell. */
	machine->next = machine->running;
	boot_see(configured, machine->next, machine);
	boot_see(running, machine->running, machine);
	return 0;
}

static int boot_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct item *seen = change->configured ? change->configured : change->running;
	const struct boot *want = change->want ? change->want->value : NULL;
	const struct boot *last = change->last ? change->last->value : NULL;

	if (!seen)
		return fault(faults, FAULT_HOST, "this machine has no /proc/cmdline");
	const struct boot_lines *machine = ((const struct boot *)seen->value)->machine;
	const char *line = boot_line(steps->arena, machine->next, NULL, want, last);
	fault(faults, FAULT_MACHINE,
	      "the kernel's command line cannot be changed here: it lacks %s",
	      boot_words_changed(steps->arena, machine->next, line));
	fault_hint(faults, "have whatever boots this machine say: %s", line);
	return -1;
}

static int boot_render(const struct item *item, const struct view *view, struct text *text,
		       struct faults *faults)
{
	(void)view, (void)faults;
	text_addf(text, "%s\n", boot_line(text->arena, "", NULL, item->value, NULL));
	return 0;
}

const struct kind boot_kind = {
	.path = "boot",
	.summary = "the kernel's command line, and when a changed one is booted",
	.shape = SHAPE_SINGLE,
	.flags = KIND_KEEPS | KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &boot_record,
	.needs = (const char *const[]){ "require", NULL },
	.complete = complete_nothing,
	.check = check_nothing,
	.observe = boot_observe,
	.same = same_name,
	.plan = boot_plan,
	.render = boot_render,
};
