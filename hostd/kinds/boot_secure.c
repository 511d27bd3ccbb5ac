/* boot_secure.c - systemd-boot with Secure Boot on: what is not signed cannot be said.
 *
 * The stub drops an entry's options without a word, and addons that are not signed too; the line is
 * the one embedded in the boot image and the words of its signed addons (systemd-stub(7)), which
 * are made where media are made.  An addon that says the wanted words counts as configured; no
 * word of a trial can be added, so all that is remembered is that the machine was rebooted for it.
 */
#include <string.h>

#include "formats/pe.h"
#include "host/read/host.h"
#include "kinds/boot_entries.h"

#define GLOBAL_ADDONS "/efi/loader/addons"

/* The words of an addon's section .cmdline are added where they do not run yet. */
static int look_addon(struct host *host, struct arena *arena, const char *path,
		      struct cmdline *line, struct faults *faults)
{
	const char *bytes = NULL, *words = NULL;
	size_t size = 0, words_size = 0;
	struct cmdline said;
	struct cmdline left;
	int found = host_read(host, path, &bytes, &size, faults);

	if (found <= 0 || !pe_is_signed(bytes, size) ||
	    !pe_section(bytes, size, ".cmdline", &words, &words_size))
		return found < 0 ? -1 : 0;
	cmdline_parse(arena, arena_strndup(arena, words, words_size), &said);
	cmdline_parse(arena, cmdline_print(arena, line), &left);
	EACH(word, &said.list)
		if (!cmdline_take(&left, word->text))
			cmdline_add(arena, line, word->text);
	return 0;
}

static int look_addons(struct host *host, struct arena *arena, const char *folder,
		       struct cmdline *line, struct faults *faults)
{
	struct host_names names = {};

	if (host_list(host, folder, &names, faults) < 0)
		return -1;
	EACH(name, &names.list)
		if (string_ends(*name, ".addon.efi") &&
		    look_addon(host, arena, arena_printf(arena, "%s/%s", folder, *name), line,
			       faults) < 0)
			return -1;
	return 0;
}

static int secure_observe(struct host *host, struct arena *arena, struct boot_machine *machine,
			  struct faults *faults)
{
	struct entries *entries = ARENA_NEW(arena, struct entries);
	struct boot_machine seen = *machine;
	struct cmdline line;
	int found = entries_look(host, arena, &seen, entries, faults);

	if (found <= 0 || !entries->secure)
		return found < 0 ? -1 : 0;
	const char *own = arena_printf(arena, "/efi%s.extra.d", entries->own->efi);
	cmdline_parse(arena, machine->running, &line);
	if (look_addons(host, arena, GLOBAL_ADDONS, &line, faults) < 0 ||
	    look_addons(host, arena, own, &line, faults) < 0)
		return -1;
	machine->next = cmdline_print(arena, &line);
	machine->settled = machine->state != TRIAL_KEPT;
	machine->entries = entries;
	return 1;
}

static int secure_prepare(const struct boot_order *order, struct steps *steps,
			  struct faults *faults)
{
	const struct boot_machine *machine = order->machine;
	const struct entries *entries = machine->entries;

	fault(faults, FAULT_MACHINE,
	      "Secure Boot is on, and no signed addon says %s on the kernel's command line",
	      boot_words_changed(steps->arena, machine->next, order->line));
	fault_hint(faults,
		   "have one signed with the site's key (installer/addon), in %s.extra.d on "
		   "the ESP",
		   entries->own->efi);
	return -1;
}

static void secure_end(const struct boot_machine *machine, struct steps *steps)
{
	(void)machine;
	boot_trial_end(steps);
}

const struct boot_loader boot_secure = {
	.name = "systemd-boot with Secure Boot",
	.observe = secure_observe,
	.prepare = secure_prepare,
	.settle = secure_end,
	.abandon = secure_end,
	.method = "firmware",
};
