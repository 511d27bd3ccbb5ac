/* platform.c - the table of capabilities, and how the machine is asked for them. */
#include <string.h>

#include "kinds/platform_look.h"

/* clang-format off */
#define CAPABILITY(id_, group_, summary_, look_, intel_, amd_, needed_for_, firmware_intel_, \
		   firmware_amd_, kernel_) \
	{ .id = #id_, .group = group_, .summary = summary_, .look = look_, .intel = intel_, \
	  .amd = amd_, .needed_for = needed_for_, .firmware_intel = firmware_intel_, \
	  .firmware_amd = firmware_amd_, .kernel = kernel_ },
static const struct capability_row rows[] = {
#include "kinds/capabilities.def"
};
#undef CAPABILITY

#define CAPABILITY(id_, ...) #id_,
const char *const platform_capabilities[] = {
#include "kinds/capabilities.def"
	NULL
};
#undef CAPABILITY
/* clang-format on */

const char *capability_state_name(enum capability_state state)
{
	static const char *const names[] = {
		[CAPABILITY_PRESENT] = "present",
		[CAPABILITY_ABSENT] = "absent",
		[CAPABILITY_OFF_FIRMWARE] = "off in firmware",
		[CAPABILITY_OFF_KERNEL] = "off in the kernel",
		[CAPABILITY_UNKNOWN] = "cannot tell",
	};

	return names[state];
}

const struct capability *platform_find(const struct platform *platform, const char *id)
{
	EACH(capability, &platform->capabilities)
		if (strcmp(capability->id, id) == 0)
			return capability;
	return NULL;
}

const char *platform_summary(const char *id)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (strcmp(rows[i].id, id) == 0)
			return rows[i].summary;
	return id;
}

/* ---- asking ---- */

const char *look_words(const struct looking *looking, const struct capability_row *row)
{
	return looking->amd ? row->amd : row->intel;
}

enum capability_state look_says(struct looking *looking, enum capability_state state,
				const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	looking->evidence = arena_vprintf(looking->arena, format, arguments);
	va_end(arguments);
	return state;
}

/* What a capture without /sys does not show below /sys may have been there, and so may all that a
 * partial one does not show. */
static int look_missing(struct looking *looking, const char *path)
{
	struct host_names top = {};
	const char *folder = arena_strndup(looking->arena, path, 1 + strcspn(path + 1, "/"));

	if (looking->host->partial) {
		looking->evidence = arena_printf(looking->arena, "%s was not captured", path);
		return -1;
	}
	if (host_list(looking->host, folder, &top, &looking->faults) == 1) {
		looking->evidence = arena_printf(looking->arena, "no %s", path);
		return 0;
	}
	looking->evidence = arena_printf(looking->arena, "%s was not captured", folder);
	return -1;
}

static int look_answered(struct looking *looking, const char *path, int answer)
{
	if (answer == 1)
		looking->evidence = path;
	else if (answer == 0)
		answer = look_missing(looking, path);
	else
		looking->evidence = fault_last(&looking->faults)->message;
	faults_init(&looking->faults, looking->arena);
	return answer;
}

int look_line(struct looking *looking, const char *path, const char **ret_line)
{
	return look_answered(looking, path,
			     host_read_line(looking->host, path, ret_line, &looking->faults));
}

int look_text(struct looking *looking, const char *path, const char **ret_text)
{
	size_t size = 0;

	return look_answered(looking, path,
			     host_read(looking->host, path, ret_text, &size, &looking->faults));
}

int look_packed(struct looking *looking, const char *path, const char **ret_text)
{
	size_t size = 0;

	return look_answered(looking, path,
			     host_unpack(looking->host, path, ret_text, &size, &looking->faults));
}

int look_list(struct looking *looking, const char *path, struct host_names *ret)
{
	return look_answered(looking, path, host_list(looking->host, path, ret, &looking->faults));
}

int look_stat(struct looking *looking, const char *path, struct host_file *ret)
{
	return look_answered(looking, path, host_stat(looking->host, path, ret, &looking->faults));
}

const char *look_next_word(struct looking *looking, const char **words)
{
	size_t size = strcspn(*words, " ");
	const char *word = size ? arena_strndup(looking->arena, *words, size) : NULL;

	*words += size + ((*words)[size] == ' ');
	return word;
}

enum capability_state look_state(const struct looking *looking, const char *id)
{
	const struct capability *capability = platform_find(looking->platform, id);

	return capability ? capability->state : CAPABILITY_UNKNOWN;
}

/* ---- looking ---- */

static const char *remedy_of(const struct looking *looking, const struct capability_row *row,
			     enum capability_state state)
{
	if (state == CAPABILITY_PRESENT)
		return "";
	if (looking->remedy)
		return looking->remedy;
	if (state == CAPABILITY_UNKNOWN)
		return "look as root, on the machine itself";
	if (state == CAPABILITY_OFF_KERNEL)
		return row->kernel;
	if (looking->intel || strcmp(row->firmware_intel, row->firmware_amd) == 0)
		return row->firmware_intel;
	if (looking->amd)
		return row->firmware_amd;
	return arena_printf(looking->arena, "Intel: %s; AMD: %s", row->firmware_intel,
			    row->firmware_amd);
}

static void look_row(struct looking *looking, const struct capability_row *row)
{
	struct capability *capability = ARRAY_ADD(looking->arena, &looking->platform->capabilities);

	capability->id = row->id;
	capability->state = CAPABILITY_UNKNOWN;
	looking->remedy = NULL;
	looking->evidence = "";
	enum capability_state state = row->look(looking, row);
	*capability = (struct capability){
		.id = row->id,
		.group = row->group,
		.summary = row->summary,
		.needed_for = row->needed_for,
		.state = state,
		.evidence = looking->evidence,
		.remedy = remedy_of(looking, row, state),
	};
}

/* The text behind "name\t: " of the first processor. */
static const char *cpuinfo_get(struct arena *arena, const char *text, const char *name)
{
	const char *line = text;
	size_t size = strlen(name);

	while (line && !(string_starts(line, name) && strchr("\t :", line[size]))) {
		line = strchr(line, '\n');
		line += line != NULL;
	}
	const char *colon = line ? strchr(line, ':') : NULL;
	if (!colon)
		return "";
	colon += 1 + (colon[1] == ' ');
	return arena_strndup(arena, colon, strcspn(colon, "\n"));
}

static void look_processor(struct looking *looking)
{
	struct platform *platform = looking->platform;
	struct arena *arena = looking->arena;
	const char *text = "";

	(void)!look_text(looking, "/proc/cpuinfo", &text);
	platform->vendor = cpuinfo_get(arena, text, "vendor_id");
	platform->model = cpuinfo_get(arena, text, "model name");
	platform->flags = arena_printf(arena, " %s ", cpuinfo_get(arena, text, "flags"));
	platform->vmx_flags = arena_printf(arena, " %s ", cpuinfo_get(arena, text, "vmx flags"));
	look_topology(looking, text);
	looking->intel = strcmp(platform->vendor, "GenuineIntel") == 0;
	looking->amd = strcmp(platform->vendor, "AuthenticAMD") == 0 ||
		       strcmp(platform->vendor, "HygonGenuine") == 0;
}

void platform_look(struct host *host, struct arena *arena, struct platform *ret_platform)
{
	struct looking looking = { .host = host, .arena = arena, .platform = ret_platform };

	*ret_platform = (struct platform){};
	faults_init(&looking.faults, arena);
	look_processor(&looking);
	look_memory(&looking);
	look_firmware(&looking);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		look_row(&looking, &rows[i]);
}
