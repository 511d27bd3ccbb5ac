/* boot.c - the kernel's command line: one item that owns it.
 *
 * Arguments come from kernel.args and from kinds that need one (kernel_args.h).  The line is
 * compared word by word, what runs (/proc/cmdline) and what the next boot will get apart.
 * Words that others put there, and those of the image itself, stay.
 *
 * A new line is a trial: it is booted once, beside the one that was good, and kept when the host
 * is healthy with it (`gasthof trial`); else the old one comes back by itself, and this line is
 * not tried again.  Catalogue B7, B14, B16.
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
	FIELD("settled", struct boot, settled, CLASS_NONE,
	      "no trial that was kept still has its words on the line",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING, .fallback = "true"),
};
const struct record boot_record = RECORD(struct boot, fields);

/* What the run of a trial leaves behind is not anybody's wish: it is to be gone. */
static void boot_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct boot *boot = item->value;

	(void)desired, (void)faults;
	SET(&boot_record, boot, settled, true);
}

/* ---- observing ---- */

static const struct boot *value_in(const struct items *items)
{
	const struct item *item = items ? items_find(items, &boot_kind, "") : NULL;

	return item ? item->value : NULL;
}

static struct boot *boot_see(struct items *items, const char *line,
			     const struct boot_machine *machine)
{
	struct boot *boot = items_add(items, &boot_kind, "")->value;

	boot->machine = machine;
	boot_arguments(items->arena, line, machine->own, value_in(items->wanted),
		       value_in(items->given), boot);
	return boot;
}

static int boot_observe(struct host *host, struct items *configured, struct items *running,
			struct faults *faults)
{
	struct boot_machine *machine = ARENA_NEW(running->arena, struct boot_machine);
	int found = boot_machine_look(host, running->arena, machine, faults);

	if (found <= 0)
		return found;
	struct boot *next = boot_see(configured, machine->next, machine);
	SET(&boot_record, next, settled, machine->settled);
	boot_see(running, machine->running, machine);
	return 0;
}

/* ---- planning ---- */

/* Both lines in full, and what is between them. */
static void note_lines(const struct boot_order *order, struct steps *steps)
{
	const struct boot_machine *machine = order->machine;

	steps_note(steps, "%s, which boots this machine, says: %s", machine->loader->name,
		   machine->next);
	steps_note(steps, "it is to say: %s", order->line);
	steps_note(steps, "words that differ: %s",
		   boot_words_changed(steps->arena, machine->next, order->line));
	steps_note(steps, "a boot that fails falls back to the line before by itself");
	if (!machine->agent && !machine->loader->keeps)
		steps_note(steps, "no agent runs here: when it has been booted, apply once more, "
				  "which keeps the line; else the boot after has the line before");
	if (!machine->watchdog)
		steps_note(steps, "this machine has no hardware watchdog: a boot that hangs before "
				  "user space waits for a person");
}

static int refuse_unknown(const struct boot_order *order, struct steps *steps,
			  struct faults *faults)
{
	const struct boot_machine *machine = order->machine;

	fault(faults, FAULT_MACHINE,
	      "nothing that boots this machine is known to gasthof, and the kernel's command "
	      "line lacks %s",
	      boot_words_changed(steps->arena, machine->next, order->line));
	fault_hint(faults, "have whatever boots it say: %s", order->line);
	return -1;
}

static void plan_reboot(const struct boot_machine *machine, const char *when, struct steps *steps)
{
	if (string_equal(when, "next"))
		steps_wait(steps, WAIT_REBOOT, "the next boot gets the line that is described");
	else
		step_add(steps, VERB_host_reboot, CLASS_REBOOT,
			 machine->loader ? machine->loader->method : "firmware");
}

/* The next boot should have the line.  A machine that was booted for it before, and has it not, is
 * not booted again and again. */
static int plan_again(const struct boot_order *order, const char *when, struct steps *steps,
		      struct faults *faults)
{
	const struct boot_machine *machine = order->machine;
	bool tried = machine->state == TRIAL_PREPARED || machine->state == TRIAL_FAILED;

	if (tried && !string_equal(machine->trial.boot, machine->boot_id) &&
	    cmdline_same(machine->trial.line, order->line)) {
		fault(faults, FAULT_HOST, "the machine was rebooted for %s and came up without",
		      boot_words_changed(steps->arena, machine->running, order->line));
		fault_hint(faults,
			   "see what its boot loader takes by default, or remove " TRIAL_FILE
			   " to have it rebooted again");
		return -1;
	}
	if (machine->state != TRIAL_PREPARED && machine->loader && string_equal(when, "now"))
		boot_trial_begin(order, steps);
	plan_reboot(machine, when, steps);
	return 0;
}

static int plan_line(const struct boot_order *order, const char *when, struct steps *steps,
		     struct faults *faults)
{
	const struct boot_machine *machine = order->machine;

	if (!machine->loader)
		return refuse_unknown(order, steps, faults);
	if (!machine->loader->asks && boot_trial_refuse(machine, order->line, faults) < 0)
		return -1;
	if (machine->state == TRIAL_PREPARED && cmdline_same(order->line, machine->running)) {
		machine->loader->abandon(machine, steps);
		return 0;
	}
	if (machine->state == TRIAL_RUNS) {
		steps_wait(steps, WAIT_EVENT, "the boot that is on trial has not been judged yet");
		return 0;
	}
	note_lines(order, steps);
	if (machine->loader->prepare(order, steps, faults) < 0)
		return -1;
	plan_reboot(machine, when, steps);
	return 0;
}

static void plan_settle(const struct boot_machine *machine, struct steps *steps)
{
	machine->loader->settle(machine, steps);
	if (machine->generation && !machine->loader->keeps)
		steps_note(steps, "the boot on trial is healthy; its line is kept by this, and "
				  "without it the next boot has the line before");
}

static bool differs_in(const struct paths *paths, unsigned where)
{
	for (size_t i = 0; i < paths->count; i++)
		if (string_starts(paths->at[i].path, "arguments") && paths->at[i].where & where)
			return true;
	return false;
}

static int boot_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct item *seen = change->configured;
	const struct boot *want = change->want ? change->want->value : NULL;
	const struct boot *last = change->last ? change->last->value : NULL;
	const char *when = want ? want->when : last->when;

	if (!seen)
		return fault(faults, FAULT_HOST, "this machine has no /proc/cmdline");
	const struct boot_machine *machine = ((const struct boot *)seen->value)->machine;
	struct boot_order order = { .machine = machine, .line = machine->next, .want = want };
	order.line = boot_line(steps->arena, machine->next, machine->own, want, last);
	if (!machine->settled)
		plan_settle(machine, steps);
	if (differs_in(change->differs, IN_CONFIGURED))
		return plan_line(&order, when, steps, faults);
	if (differs_in(change->differs, IN_RUNNING))
		return plan_again(&order, when, steps, faults);
	return 0;
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
	.flags = KIND_KEEPS | KIND_UNMARKED | KIND_CLAIMS,
	.adopt = ADOPT_QUIETLY,
	.record = &boot_record,
	.needs = (const char *const[]){ "require", NULL },
	.complete = boot_complete,
	.check = check_nothing,
	.observe = boot_observe,
	.same = same_name,
	.plan = boot_plan,
	.render = boot_render,
};
