/* boot_machine.c - what the machine says of its boot, and of the last trial. */
#include <stdio.h>
#include <string.h>

#include "formats/json.h"
#include "host/read/host.h"
#include "kinds/boot.h"

#define EFIVARS   "/sys/firmware/efi/efivars/"
#define STATUS    "/run/gasthof/status.json"
#define AGENT     "gasthof.service"
#define BOOT_ID   "/proc/sys/kernel/random/boot_id"
#define WATCHDOGS "/sys/class/watchdog"

const struct boot_loader *const boot_loaders[] = { &boot_secure, &boot_entries, &boot_grub,
						   &boot_kexec, NULL };

int boot_variable(struct host *host, const char *name, const char **ret_bytes, size_t *ret_size,
		  struct faults *faults)
{
	enum { ATTRIBUTES = 4 };
	ARENA_AUTO struct arena *arena = arena_new();
	const char *text = NULL;
	size_t size = 0;
	int found = host_read(host, arena_printf(arena, EFIVARS "%s", name), &text, &size, faults);

	if (found <= 0)
		return found;
	*ret_bytes = size < ATTRIBUTES ? "" : text + ATTRIBUTES;
	*ret_size = size < ATTRIBUTES ? 0 : size - ATTRIBUTES;
	return 1;
}

/* The line of mountinfo whose mount point is `point`, of several the last, which hides the others;
 * NULL: nothing is mounted there. */
static const char *mount_line(const char *text, const char *point)
{
	const char *last = NULL;
	char at_point[256];

	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (sscanf(at, "%*s %*s %*s %*s %255s", at_point) == 1 &&
		    string_equal(at_point, point))
			last = at;
	return last;
}

int boot_mount(struct host *host, struct arena *arena, const char *path, const char **ret_type,
	       const char **ret_source, struct faults *faults)
{
	char *point = arena_strdup(arena, path), type[64], source[256];
	const char *text = NULL, *line = NULL;
	size_t size = 0;
	int found = host_read(host, "/proc/self/mountinfo", &text, &size, faults);

	if (found <= 0)
		return found;
	while (!(line = mount_line(text, *point ? point : "/")) && *point)
		*strrchr(point, '/') = '\0';
	const char *rest = line ? strstr(line, " - ") : NULL;
	if (!rest || sscanf(rest, " - %63s %255s", type, source) != 2)
		return 0;
	*ret_type = arena_strdup(arena, type);
	*ret_source = arena_strdup(arena, source);
	return 1;
}

/* ---- what a trial is judged by ---- */

/* Only what had an address before must have one again. */
static int look_links(struct host *host, struct arena *arena, struct text_list *ret,
		      struct faults *faults)
{
	struct host_links links = {};

	if (host_links(host, &links, faults) < 0)
		return -1;
	EACH(link, &links.list) {
		bool guests = string_equal(link->kind, "tun") || string_equal(link->kind, "veth");
		if (!link->loopback && !guests && link->addresses.count)
			text_list_push(arena, ret, arena_strdup(arena, link->name));
	}
	return 0;
}

static int look_faults(struct host *host, struct arena *arena, struct text_list *ret,
		       struct faults *faults)
{
	struct faults unread;
	struct node *root = NULL;
	const char *text = NULL;
	size_t size = 0;
	int found = host_read(host, STATUS, &text, &size, faults);

	faults_init(&unread, arena);
	if (found <= 0 || json_read(arena, text, size, &root, &unread) < 0)
		return found < 0 ? -1 : 0;
	const struct node *list = node_get(root, "faults");
	if (list && list->kind == NODE_LIST)
		NODE_EACH(one, list) {
			const char *message = node_text(one, "message");
			if (message)
				text_list_push(arena, ret, arena_strdup(arena, message));
		}
	return 0;
}

static int look_health(struct host *host, struct arena *arena, struct boot_machine *machine,
		       struct faults *faults)
{
	struct host_unit unit = {};
	struct host_names watchdogs = {};
	int agent = host_unit(host, AGENT, &unit, faults);

	if (agent < 0 || host_list(host, WATCHDOGS, &watchdogs, faults) < 0 ||
	    look_links(host, arena, &machine->links, faults) < 0 ||
	    look_faults(host, arena, &machine->faults, faults) < 0 ||
	    host_read_line(host, BOOT_ID, &machine->boot_id, faults) < 0)
		return -1;
	machine->agent = agent > 0 && host_unit_runs(&unit);
	machine->watchdog = watchdogs.list.count > 0;
	if (!machine->boot_id)
		machine->boot_id = "";
	return 0;
}

/* ---- the last trial ---- */

static int look_file(struct host *host, struct arena *arena, const char *path,
		     const struct record *record, void *value, struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	int found = host_read(host, path, &text, &size, faults);

	if (found <= 0)
		return found;
	return trial_read(arena, record, text, value, faults) < 0 ? -1 : 1;
}

/* What the initrd wrote down: "GENERATION REASON". */
static int look_note(struct host *host, struct arena *arena, struct boot_machine *machine,
		     struct faults *faults)
{
	const char *line = NULL;
	int found = host_read_line(host, "/efi" TRIAL_NOTE, &line, faults);
	const char *mine = arena_printf(arena, "%u ", machine->trial.generation);

	if (found > 0 && string_starts(line, mine)) {
		char *why = arena_strdup(arena, line + strlen(mine));
		for (size_t size = strlen(why); size && why[size - 1] == ' ';)
			why[--size] = '\0';
		machine->why = why;
	}
	return found < 0 ? -1 : 0;
}

static int look_trial(struct host *host, struct arena *arena, struct boot_machine *machine,
		      struct faults *faults)
{
	struct trial *trial = record_new(arena, &trial_record);
	struct verdict *verdict = record_new(arena, &verdict_record);
	int found = look_file(host, arena, TRIAL_FILE, &trial_record, trial, faults);

	if (found <= 0)
		return found;
	machine->trial = *trial;
	int judged = look_file(host, arena, VERDICT_FILE, &verdict_record, verdict, faults);
	if (judged < 0)
		return -1;
	bool about = judged && verdict->generation == trial->generation;
	machine->healthy = about && verdict->healthy;
	if (string_equal(trial->boot, machine->boot_id))
		machine->state = TRIAL_PREPARED;
	else if (machine->generation == trial->generation)
		machine->state = about && verdict->healthy ? TRIAL_KEPT : TRIAL_RUNS;
	else if (!machine->generation && cmdline_same(trial->line, machine->running))
		machine->state = TRIAL_KEPT; /* one that could not be marked */
	else
		machine->state = TRIAL_FAILED;
	machine->why = about && verdict->healthy
			       ? "it was healthy, and its boot loader did not keep it"
			       : "it panicked or hung before user space";
	if (about && verdict->why)
		machine->why = verdict->why;
	else if (machine->state == TRIAL_FAILED)
		return look_note(host, arena, machine, faults);
	return 0;
}

/* ---- all of it ---- */

/* GRUB puts the kernel's path in front, which nobody describes. */
static const char *without_image(struct arena *arena, const char *text)
{
	struct cmdline line;

	cmdline_parse(arena, text, &line);
	if (line.list.count && string_equal(line.list.at[0].name, "BOOT_IMAGE"))
		cmdline_take_first(&line, line.list.at[0].text);
	return cmdline_print(arena, &line);
}

int boot_machine_look(struct host *host, struct arena *arena, struct boot_machine *ret,
		      struct faults *faults)
{
	const char *line = NULL;
	int found = host_read_line(host, "/proc/cmdline", &line, faults);

	if (found <= 0)
		return found;
	ret->by_grub = string_starts(line, "BOOT_IMAGE=");
	ret->running = without_image(arena, trial_strip(arena, line, &ret->generation));
	/* Where nobody is known who says it: whoever said it this time says it again. */
	ret->next = ret->running;
	ret->settled = true;
	if (look_health(host, arena, ret, faults) < 0 || look_trial(host, arena, ret, faults) < 0)
		return -1;
	for (const struct boot_loader *const *loader = boot_loaders; *loader; loader++) {
		ret->loader = *loader;
		found = (*loader)->observe(host, arena, ret, faults);
		if (found != 0)
			return found;
	}
	ret->loader = NULL;
	return 1;
}
