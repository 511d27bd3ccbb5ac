#include "command/hardware.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

enum { COLUMNS = 79, INDENT = 21 };

/* ---- for people ---- */

/* Words in lines that begin behind `indent` blanks; `first` stands before them. */
static void print_wrapped(FILE *out, const char *first, size_t indent, const char *text)
{
	size_t column = indent;

	fprintf(out, "%-*s", (int)indent, first);
	while (*text) {
		size_t size = strcspn(text, " ");
		if (column > indent && column + 1 + size > COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		fprintf(out, "%s%.*s", column > indent ? " " : "", (int)size, text);
		column += size + (column > indent);
		text += size;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static const char *memory_text(struct arena *arena, const struct platform *platform)
{
	uint64_t mebibytes = platform->memory.count >> 20;

	if (!mebibytes)
		return "unknown";
	return mebibytes < 10240 ? arena_printf(arena, "%" PRIu64 " MiB", mebibytes)
				 : arena_printf(arena, "%" PRIu64 " GiB", (mebibytes + 512) >> 10);
}

static const char *counted(struct arena *arena, uint32_t count, const char *what)
{
	return arena_printf(arena, "%u %s%s", count, what, count == 1 ? "" : "s");
}

static const char *firmware_text(struct arena *arena, const struct platform *platform)
{
	const char *kind = !platform->firmware                       ? "unknown"
			   : strcmp(platform->firmware, "uefi") == 0 ? "UEFI"
								     : "BIOS";

	if (!platform->firmware && *platform->firmware_version)
		return platform->firmware_version;
	return *platform->firmware_version
		       ? arena_printf(arena, "%s, %s", kind, platform->firmware_version)
		       : kind;
}

static void print_machine(FILE *out, struct arena *arena, const struct platform *platform)
{
	enum { NAME = 11 };

	if (*platform->product)
		print_wrapped(out, "machine", NAME, platform->product);
	if (*platform->board && strcmp(platform->board, platform->product) != 0)
		print_wrapped(out, "board", NAME, platform->board);
	print_wrapped(out, "firmware", NAME, firmware_text(arena, platform));
	print_wrapped(out, "processor", NAME, *platform->model ? platform->model : "unknown");
	fprintf(out, "%-11s%s, %s, %s online, %s\n", "",
		counted(arena, platform->sockets, "socket"),
		counted(arena, platform->cores, "core"),
		counted(arena, platform->threads, "thread"),
		counted(arena, platform->numa_nodes, "NUMA node"));
	print_wrapped(out, "memory", NAME, memory_text(arena, platform));
}

static const char *state_word(struct arena *arena, enum capability_state state)
{
	return arena_printf(arena, "  %s",
			    state == CAPABILITY_PRESENT ? "yes" : capability_state_name(state));
}

/* All of one state, of a group or (NULL) of all, in one paragraph. */
static void print_ids(FILE *out, struct arena *arena, const struct platform *platform,
		      enum capability_state state, const char *group)
{
	struct text ids = text_of(arena);

	EACH(capability, &platform->capabilities)
		if (capability->state == state && (!group || strcmp(capability->group, group) == 0))
			text_addf(&ids, "%s%s", ids.size ? ", " : "", capability->id);
	if (ids.size)
		print_wrapped(out, state_word(arena, state), INDENT, ids.at);
}

static void print_missing(FILE *out, struct arena *arena, const struct capability *capability)
{
	print_wrapped(out, state_word(arena, capability->state), INDENT,
		      arena_printf(arena, "%s: %s, for %s", capability->id, capability->summary,
				   capability->needed_for));
	print_wrapped(out, "", INDENT, arena_printf(arena, "seen: %s", capability->evidence));
	if (capability->state != CAPABILITY_UNKNOWN)
		print_wrapped(out, "", INDENT,
			      arena_printf(arena, "to do: %s", capability->remedy));
}

void hardware_print(FILE *out, struct arena *arena, const struct platform *platform)
{
	const char *group = "";

	print_machine(out, arena, platform);
	EACH(capability, &platform->capabilities) {
		if (strcmp(capability->group, group) != 0) {
			group = capability->group;
			fprintf(out, "\n%s\n", group);
			print_ids(out, arena, platform, CAPABILITY_PRESENT, group);
		}
		if (capability->state != CAPABILITY_PRESENT)
			print_missing(out, arena, capability);
	}
}

void hardware_print_brief(FILE *out, struct arena *arena, const struct platform *platform)
{
	print_machine(out, arena, platform);
	fputc('\n', out);
	print_ids(out, arena, platform, CAPABILITY_PRESENT, NULL);
	EACH(capability, &platform->capabilities)
		if (capability->state == CAPABILITY_OFF_FIRMWARE)
			print_wrapped(
				out, state_word(arena, capability->state), INDENT,
				arena_printf(arena, "%s: %s", capability->id, capability->remedy));
	print_ids(out, arena, platform, CAPABILITY_OFF_KERNEL, NULL);
	print_ids(out, arena, platform, CAPABILITY_ABSENT, NULL);
	print_ids(out, arena, platform, CAPABILITY_UNKNOWN, NULL);
}

/* ---- for programs ---- */

static struct node *count_node(struct arena *arena, uint64_t count)
{
	return count ? node_scalar(arena, arena_printf(arena, "%" PRIu64, count))
		     : node_null(arena);
}

static struct node *words_node(struct arena *arena, const char *words)
{
	struct node *list = node_list(arena);

	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		size_t size = strcspn(words, " ");
		node_append(list, node_quoted(arena, arena_strndup(arena, words, size)));
		words += size;
	}
	return list;
}

static struct node *machine_tree(struct arena *arena, const struct platform *platform)
{
	struct node *machine = node_map(arena), *cpu = node_map(arena);

	node_put(arena, machine, "sockets", count_node(arena, platform->sockets));
	node_put(arena, machine, "cores", count_node(arena, platform->cores));
	node_put(arena, machine, "threads", count_node(arena, platform->threads));
	node_put(arena, machine, "numa_nodes", count_node(arena, platform->numa_nodes));
	node_put(arena, machine, "memory_bytes", count_node(arena, platform->memory.count));
	node_put(arena, machine, "firmware",
		 platform->firmware ? node_quoted(arena, platform->firmware) : node_null(arena));
	node_put(arena, cpu, "vendor", node_quoted(arena, platform->vendor));
	node_put(arena, cpu, "model", node_quoted(arena, platform->model));
	node_put(arena, cpu, "flags", words_node(arena, platform->flags));
	node_put(arena, machine, "cpu", cpu);
	return machine;
}

static struct node *capability_tree(struct arena *arena, const struct capability *capability)
{
	struct node *map = node_map(arena);

	node_put(arena, map, "id", node_quoted(arena, capability->id));
	node_put(arena, map, "state", node_quoted(arena, capability_state_name(capability->state)));
	node_put(arena, map, "evidence", node_quoted(arena, capability->evidence));
	node_put(arena, map, "needed_for", node_quoted(arena, capability->needed_for));
	node_put(arena, map, "remedy", node_quoted(arena, capability->remedy));
	return map;
}

struct node *hardware_tree(struct arena *arena, const struct platform *platform)
{
	struct node *map = node_map(arena), *list = node_list(arena);

	EACH(capability, &platform->capabilities)
		node_append(list, capability_tree(arena, capability));
	node_put(arena, map, "machine", machine_tree(arena, platform));
	node_put(arena, map, "capabilities", list);
	return map;
}
