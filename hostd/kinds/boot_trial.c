/* boot_trial.c - the steps that all ways of booting a trial share. */
#include <string.h>

#include "kinds/boot.h"

uint32_t boot_generation(const struct boot_machine *machine)
{
	uint32_t newest = machine->newest;

	if (machine->trial.generation > newest)
		newest = machine->trial.generation;
	/* What runs may still be called after a trial that was kept: the next is another. */
	if (machine->generation > newest)
		newest = machine->generation;
	return newest + 1;
}

void boot_trial_begin(const struct boot_order *order, struct steps *steps)
{
	const struct boot_machine *machine = order->machine;
	struct trial *trial = record_new(steps->arena, &trial_record);

	SET(&trial_record, trial, generation,
	    order->generation ? order->generation : boot_generation(machine));
	SET(&trial_record, trial, line, order->line);
	SET(&trial_record, trial, changed,
	    boot_words_changed(steps->arena, machine->running, order->line));
	SET(&trial_record, trial, loader, machine->loader->name);
	SET(&trial_record, trial, boot, machine->boot_id);
	SET(&trial_record, trial, agent, machine->agent);
	SET(&trial_record, trial, links, machine->links);
	SET(&trial_record, trial, faults, machine->faults);
	const char *text = trial_print(steps->arena, &trial_record, trial);
	step_add(steps, VERB_file_remove, CLASS_NONE, VERDICT_FILE);
	step_body(steps, step_add(steps, VERB_file_write, CLASS_NONE, TRIAL_FILE, "0600", NULL),
		  text, strlen(text));
}

void boot_trial_end(struct steps *steps)
{
	step_add(steps, VERB_file_remove, CLASS_NONE, TRIAL_FILE);
	step_add(steps, VERB_file_remove, CLASS_NONE, VERDICT_FILE);
}

int boot_trial_refuse(const struct boot_machine *machine, const char *line, struct faults *faults)
{
	if (machine->state != TRIAL_FAILED || !cmdline_same(machine->trial.line, line))
		return 0;
	if (machine->healthy && !machine->loader->keeps)
		return 0;
	fault(faults, FAULT_MACHINE, "%s was tried on the kernel's command line and failed: %s",
	      machine->trial.changed, machine->why);
	fault_hint(faults, "describe other arguments, or remove " TRIAL_FILE " to try them again");
	return -1;
}
