/* platform_software.c - versions of what a host stands on (A33). */
#include <stdio.h>
#include <string.h>

#include "kinds/platform_look.h"

struct version {
	unsigned major, minor;
};

static bool is_at_least(const struct version *have, const struct version *least)
{
	return have->major != least->major ? have->major > least->major
					   : have->minor >= least->minor;
}

static bool version_of(const char *text, struct version *ret)
{
	return sscanf(text, "%u.%u", &ret->major, &ret->minor) == 2;
}

enum capability_state look_kernel_version(struct looking *looking, const struct capability_row *row)
{
	struct version have = {}, least = {};
	const char *release = look_release(looking);

	if (!release || !version_of(release, &have) || !version_of(row->intel, &least))
		return look_says(looking, CAPABILITY_UNKNOWN, "no /proc/version");
	return look_says(looking,
			 is_at_least(&have, &least) ? CAPABILITY_PRESENT : CAPABILITY_ABSENT,
			 "Linux %s", release);
}

static const char *line_starting(const char *text, const char *start)
{
	const char *found = strstr(text, start);

	while (found && found != text && found[-1] != '\n')
		found = strstr(found + 1, start);
	return found;
}

/* The version in dpkg's own list of packages (dpkg(1), status) that is installed, or NULL. */
static const char *version_of_status(struct looking *looking, const char *text, const char *package)
{
	const char *block =
		line_starting(text, arena_printf(looking->arena, "Package: %s\n", package));

	if (!block)
		return NULL;
	const char *end = strstr(block, "\n\n");
	block = arena_strndup(looking->arena, block, end ? (size_t)(end - block) : strlen(block));
	const char *version = strstr(block, "\nVersion: ");
	bool installed = strstr(block, "\nStatus: install ok installed") != NULL;
	return version && installed ? version + strlen("\nVersion: ") : NULL;
}

/* The version installed of a package, its epoch left out; the appliance, which has no dpkg, lists
 * its packages one a line.  1, 0, -1. */
static int look_installed(struct looking *looking, const char *package, const char **ret_version)
{
	const char *text = NULL, *version = NULL;

	if (look_text(looking, "/usr/share/gasthof/packages", &text) == 1) {
		const char *key = arena_printf(looking->arena, "%s ", package);
		version = line_starting(text, key);
		version = version ? version + strlen(key) : NULL;
	} else if (look_text(looking, "/var/lib/dpkg/status", &text) == 1) {
		version = version_of_status(looking, arena_printf(looking->arena, "\n%s", text),
					    package);
	} else {
		return -1;
	}
	if (!version)
		return 0;
	version = arena_strndup(looking->arena, version, strcspn(version, "\n"));
	const char *colon = strchr(version, ':');
	*ret_version = colon ? colon + 1 : version;
	return 1;
}

/* The row's words: the least version, then packages that stand for each other. */
enum capability_state look_package(struct looking *looking, const struct capability_row *row)
{
	struct version have = {}, least = {};
	const char *words = row->intel, *version = NULL, *name = NULL;

	if (!version_of(words, &least))
		return CAPABILITY_UNKNOWN;
	while ((words = strchr(words, ' '))) {
		words++;
		name = arena_strndup(looking->arena, words, strcspn(words, " "));
		int there = look_installed(looking, name, &version);
		if (there < 0)
			return look_says(looking, CAPABILITY_UNKNOWN, "no list of packages");
		if (!there)
			continue;
		if (!version_of(version, &have))
			return look_says(looking, CAPABILITY_UNKNOWN, "%s %s", name, version);
		return look_says(looking,
				 is_at_least(&have, &least) ? CAPABILITY_PRESENT
							    : CAPABILITY_ABSENT,
				 "%s %s", name, version);
	}
	return look_says(looking, CAPABILITY_ABSENT, "no package %s", strchr(row->intel, ' ') + 1);
}
