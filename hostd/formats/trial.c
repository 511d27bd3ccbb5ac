#include "formats/trial.h"

#include <stdlib.h>
#include <string.h>

#include "document/document.h"
#include "formats/cmdline.h"

static const struct field trial_fields[] = {
	FIELD("generation", struct trial, generation, CLASS_NONE, "which trial"),
	FIELD("line", struct trial, line, CLASS_NONE, "the kernel's command line"),
	FIELD("changed", struct trial, changed, CLASS_NONE, "the words that differ"),
	FIELD("loader", struct trial, loader, CLASS_NONE, "who boots it"),
	FIELD("boot", struct trial, boot, CLASS_NONE, "the boot that prepared it"),
	FIELD("agent", struct trial, agent, CLASS_NONE, "the agent was running"),
	FIELD("links", struct trial, links, CLASS_NONE, "links that had an address"),
	FIELD("faults", struct trial, faults, CLASS_NONE, "faults that were there before"),
};
const struct record trial_record = RECORD(struct trial, trial_fields);

static const struct field verdict_fields[] = {
	FIELD("generation", struct verdict, generation, CLASS_NONE, "which trial"),
	FIELD("healthy", struct verdict, healthy, CLASS_NONE, "whether it is kept"),
	FIELD("why", struct verdict, why, CLASS_NONE, "why not"),
};
const struct record verdict_record = RECORD(struct verdict, verdict_fields);

const char *trial_print(struct arena *arena, const struct record *record, const void *value)
{
	struct text text = text_of(arena);

	node_write_yaml(&text, record_print(arena, record, value, false));
	return text.at;
}

int trial_read(struct arena *arena, const struct record *record, const char *text, void *value,
	       struct faults *faults)
{
	struct sources sources;
	struct node *root = NULL;

	sources_init(&sources, arena);
	if (document_parse(&sources, TRIAL_FOLDER, text, strlen(text), &root, faults) < 0)
		return -1;
	return record_read_back(arena, record, root, value, faults);
}

enum trial_standing trial_standing(uint32_t generation, bool folder, const struct trial *trial,
				   const struct verdict *verdict)
{
	if (!generation)
		return TRIAL_SETTLED;
	if (!trial)
		return folder ? TRIAL_SETTLED : TRIAL_LOST;
	if (trial->generation != generation)
		return TRIAL_SETTLED;
	return verdict && verdict->generation == generation && verdict->healthy ? TRIAL_SETTLED
										: TRIAL_OPEN;
}

const char *trial_run_flaw(struct arena *arena, const struct trial *trial, const struct node *state)
{
	const struct node *faults = state ? node_get(state, "faults") : NULL;
	const char *why = state ? node_text(state, "why") : NULL;

	if (!state)
		return "the agent has not ended its first run";
	if (string_equal(node_text(state, "state"), "unknown"))
		return arena_printf(arena, "the agent's run could not tell what it saw%s%s",
				    why ? ": " : "", why ? why : "");
	for (const struct node *one = faults ? faults->first : NULL; one; one = one->next) {
		const char *message = node_text(one, "message");
		if (message && !text_list_has(&trial->faults, message))
			return arena_printf(arena, "the agent's run has a new fault: %s", message);
	}
	return NULL;
}

/* ---- the words ---- */

const char *trial_line(struct arena *arena, const char *line, uint32_t generation, bool watchdog)
{
	struct cmdline words;

	cmdline_parse(arena, line, &words);
	cmdline_add(arena, &words, arena_printf(arena, TRIAL_WORD "=%u", generation));
	cmdline_add(arena, &words, TRIAL_PANIC);
	if (watchdog)
		cmdline_add(arena, &words, TRIAL_WATCHDOG);
	return cmdline_print(arena, &words);
}

/* The words of `line` from `place` on, without the first that is `text`. */
static void take_behind(struct arena *arena, struct cmdline *line, size_t place, const char *text)
{
	struct cmdline behind = {}, all = {};

	for (size_t i = place; i < line->list.count; i++)
		ARRAY_PUSH(arena, &behind.list, line->list.at[i]);
	cmdline_take_first(&behind, text);
	for (size_t i = 0; i < place; i++)
		ARRAY_PUSH(arena, &all.list, line->list.at[i]);
	EACH(word, &behind.list)
		ARRAY_PUSH(arena, &all.list, *word);
	*line = all;
}

const char *trial_strip(struct arena *arena, const char *line, uint32_t *ret_generation)
{
	struct cmdline words;
	size_t mark = 0;
	uint32_t generation = 0;

	cmdline_parse(arena, line, &words);
	for (size_t i = 0; i < words.list.count; i++) {
		const struct cmdline_word *word = &words.list.at[i];
		if (!string_equal(word->name, TRIAL_WORD) || !word->value)
			continue;
		mark = i + 1;
		generation = (uint32_t)strtoul(word->value, NULL, 10);
	}
	if (ret_generation)
		*ret_generation = generation;
	if (!mark)
		return line;
	/* A description's own panic= and watchdog stand before the mark. */
	take_behind(arena, &words, mark, TRIAL_PANIC);
	take_behind(arena, &words, mark, TRIAL_WATCHDOG);
	take_behind(arena, &words, mark - 1, words.list.at[mark - 1].text);
	return cmdline_print(arena, &words);
}
