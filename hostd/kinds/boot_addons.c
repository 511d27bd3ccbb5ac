/* boot_addons.c - which addons there are, and what they say.
 *
 * An addon is an EFI program without code: its section .cmdline holds the words, its signature says
 * who stands for them.  One for a trial says which in its own words (TRIAL_WORD), since no other
 * word reaches the kernel.
 */
#include "kinds/boot_addons.h"

#include <string.h>

#include "formats/pe.h"
#include "host/read/host.h"

static int addon_look(struct host *host, struct arena *arena, const char *folder, const char *name,
		      struct addons *ret, struct faults *faults)
{
	struct addon addon = { .path = arena_printf(arena, "%s/%s", folder, name), .name = name };
	const char *words = NULL;
	size_t size = 0;
	int found = host_read(host, addon.path, &addon.bytes, &addon.size, faults);

	if (found <= 0)
		return found;
	if (!pe_section(addon.bytes, addon.size, ".cmdline", &words, &size))
		return 0;
	addon.text = arena_strndup(arena, words, strnlen(words, size));
	addon.words = trial_strip(arena, addon.text, &addon.generation);
	addon.is_signed = pe_is_signed(addon.bytes, addon.size);
	ARRAY_PUSH(arena, &ret->list, addon);
	return 0;
}

int addons_look(struct host *host, struct arena *arena, const char *folder, struct addons *ret,
		struct faults *faults)
{
	struct host_names names = {};

	if (host_list(host, folder, &names, faults) < 0)
		return -1;
	EACH(name, &names.list)
		if (string_ends(*name, ".addon.efi") &&
		    addon_look(host, arena, folder, *name, ret, faults) < 0)
			return -1;
	return 0;
}

const char *addons_missing(struct arena *arena, const char *line, const char *wanted)
{
	struct cmdline has, wants, missing = {};

	cmdline_parse(arena, line, &has);
	cmdline_parse(arena, wanted, &wants);
	EACH(word, &wants.list)
		if (!cmdline_take(&has, word->text))
			ARRAY_PUSH(arena, &missing.list, *word);
	return cmdline_print(arena, &missing);
}

static const char *line_with(struct arena *arena, const char *line, const char *words)
{
	struct cmdline all;

	cmdline_parse(arena, line, &all);
	if (*words)
		cmdline_add(arena, &all, words);
	return cmdline_print(arena, &all);
}

const char *addons_line(struct arena *arena, const char *line, const struct addons *addons)
{
	EACH(addon, &addons->list)
		if (addon->is_signed)
			line = line_with(arena, line, addons_missing(arena, line, addon->words));
	return line;
}

const struct addon *addons_find(struct arena *arena, const struct addons *addons, const char *line,
				const char *wanted)
{
	const struct addon *found = NULL;

	EACH(addon, &addons->list) {
		if (!addon->is_signed || !addon->generation)
			continue;
		if (*boot_words_changed(arena, line_with(arena, line, addon->words), wanted))
			continue;
		if (!found || addon->generation > found->generation)
			found = addon;
	}
	return found;
}

const char *addons_tell(struct arena *arena, const struct addons *addons)
{
	struct text text = text_of(arena);

	EACH(addon, &addons->list)
		text_addf(&text, "%s%s says %s%s", text.size ? "; " : "", addon->name, addon->words,
			  !addon->is_signed    ? ", and is not signed"
			  : !addon->generation ? ", and was made without --trial"
					       : "");
	return text.at;
}
