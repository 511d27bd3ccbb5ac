/* reboot.c - host_reboot. */
#include "host/write/exec.h"
#include "host/write/write.h"

/* What `systemctl reboot` asks for (org.freedesktop.systemd1(5)); the job that it queues is
 * not waited for, since it ends with us. */
static int target_start(struct write *write, const char *target, struct faults *faults)
{
	BUS_MESSAGE sd_bus_message *reply = NULL;

	if (bus_open(&write->bus, faults) < 0)
		return -1;
	return bus_call(&write->bus, &bus_systemd, "StartUnit", &reply, faults, "ss", target,
			"replace-irreversibly");
}

/* Without a system bus (a rescue shell) systemd still listens to its own program. */
static int target_start_alone(struct write *write, const char *target, struct faults *faults)
{
	const char *const argv[] = { "systemctl", "--no-block", "--job-mode=replace-irreversibly",
				     "start",     target,       NULL };
	struct exec exec = { .argv = argv };

	return exec_run(write->arena, &exec, NULL, faults);
}

int host_reboot_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	const char *method = step->argument[0], *target = NULL;
	struct faults unheard;

	if (string_equal(method, "firmware"))
		target = "reboot.target";
	else if (string_equal(method, "kexec"))
		target = "kexec.target";
	else
		return fault(faults, FAULT_HOST, "there is no way to reboot by \"%s\"", method);
	faults_init(&unheard, write->arena);
	if (target_start(write, target, &unheard) < 0 &&
	    target_start_alone(write, target, faults) < 0)
		return -1;
	return outcome_why(ret, RESULT_PENDING, "the machine is going down");
}
