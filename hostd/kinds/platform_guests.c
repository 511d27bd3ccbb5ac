/* platform_guests.c - what guests need of the host's software beside QEMU: a TPM's emulator, and
 * firmware, which QEMU's docs/interop/firmware.json describes and libvirt chooses from.
 */
#include <string.h>

#include "formats/json.h"
#include "kinds/platform_look.h"

/* ---- programs ---- */

/* Where libvirt looks (its PATH as a service, systemd.exec(5)). 1, 0, -1. */
static int program_find(struct looking *looking, const char *name)
{
	static const char *const folders[] = { "/usr/bin", "/usr/local/bin" };
	struct host_file file = {};

	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		int there = look_stat(
			looking, arena_printf(looking->arena, "%s/%s", folders[i], name), &file);
		if (there)
			return there;
	}
	return 0;
}

enum capability_state look_programs(struct looking *looking, const struct capability_row *row)
{
	const char *words = look_words(looking, row), *name = NULL;

	while ((name = look_next_word(looking, &words))) {
		int there = program_find(looking, name);
		if (there < 0)
			return CAPABILITY_UNKNOWN;
		if (there == 0)
			return look_says(looking, CAPABILITY_ABSENT, "no program %s", name);
	}
	return look_says(looking, CAPABILITY_PRESENT, "programs %s", look_words(looking, row));
}

/* ---- firmware ---- */

static bool list_holds(const struct node *list, const char *text)
{
	if (list)
		NODE_EACH(child, list)
			if (child->kind == NODE_SCALAR && strcmp(child->text, text) == 0)
				return true;
	return false;
}

static bool is_for_us(const struct node *descriptor)
{
	const struct node *targets = node_get(descriptor, "targets");

	if (!list_holds(node_get(descriptor, "interface-types"), "uefi") || !targets)
		return false;
	NODE_EACH(target, targets)
		if (string_equal(node_text(target, "architecture"), "x86_64"))
			return true;
	return false;
}

/* Whether a descriptor is of UEFI with all of these features; a malformed one is none. */
static bool firmware_has(struct looking *looking, const char *path, const char *features)
{
	const char *text = NULL, *feature = NULL;
	struct node *descriptor = NULL;
	struct faults unheard;

	faults_init(&unheard, looking->arena);
	if (look_text(looking, path, &text) != 1 ||
	    json_read(looking->arena, text, strlen(text), &descriptor, &unheard) < 0 ||
	    !is_for_us(descriptor))
		return false;
	while ((feature = look_next_word(looking, &features)))
		if (!list_holds(node_get(descriptor, "features"), feature))
			return false;
	return true;
}

/* The row's words: what its features must be. */
enum capability_state look_guest_firmware(struct looking *looking, const struct capability_row *row)
{
	static const char *const folders[] = { "/usr/share/qemu/firmware", "/etc/qemu/firmware" };

	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		struct host_names names = {};
		if (look_list(looking, folders[i], &names) < 0)
			return CAPABILITY_UNKNOWN;
		EACH(name, &names.list) {
			const char *path = arena_printf(looking->arena, "%s/%s", folders[i], *name);
			if (firmware_has(looking, path, look_words(looking, row)))
				return look_says(looking, CAPABILITY_PRESENT, "%s", path);
		}
	}
	return look_says(looking, CAPABILITY_ABSENT, "no such firmware is described in %s",
			 folders[0]);
}
