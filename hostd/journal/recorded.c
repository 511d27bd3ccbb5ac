#include "journal/recorded.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "formats/json.h"
#include "journal/journal_file.h"

/* Plain text keeps the journal readable; anything else goes as base64. */
static bool is_plain(const char *body, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)body[i];
		if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte >= 0x7f)
			return false;
	}
	return true;
}

static void body_to_node(struct arena *arena, struct node *map, const struct step *step)
{
	if (!step->body)
		return;
	if (step->secret_body) {
		node_put(arena, map, "secret", node_scalar(arena, "true"));
		return;
	}
	if (is_plain(step->body, step->body_size)) {
		const char *text = arena_strndup(arena, step->body, step->body_size);
		node_put(arena, map, "body", node_quoted(arena, text));
		return;
	}
	size_t room = sodium_base64_ENCODED_LEN(step->body_size, sodium_base64_VARIANT_ORIGINAL);
	char *encoded = arena_alloc(arena, room);
	sodium_bin2base64(encoded, room, (const unsigned char *)step->body, step->body_size,
			  sodium_base64_VARIANT_ORIGINAL);
	node_put(arena, map, "base64", node_quoted(arena, encoded));
}

struct node *step_to_node(struct arena *arena, const struct step *step)
{
	const struct verb_info *info = verb_info(step->verb);
	struct node *map = node_map(arena), *arguments = node_map(arena);

	node_put(arena, map, "verb", node_quoted(arena, info->name));
	node_put(arena, map, "class", node_quoted(arena, class_name(step->class)));
	for (unsigned i = 0; i < info->argument_count; i++)
		if (step->argument[i])
			node_put(arena, arguments, info->argument[i],
				 node_quoted(arena, step->argument[i]));
	node_put(arena, map, "arguments", arguments);
	body_to_node(arena, map, step);
	return map;
}

static bool body_from_node(struct arena *arena, const struct node *map, struct step *step)
{
	const char *body = node_text(map, "body"), *encoded = node_text(map, "base64");

	step->secret_body = node_text(map, "secret") != NULL;
	if (body) {
		step->body = body;
		step->body_size = strlen(body);
	} else if (encoded) {
		size_t room = strlen(encoded);
		unsigned char *bytes = arena_alloc(arena, room + 1);
		if (sodium_base642bin(bytes, room, encoded, room, NULL, &step->body_size, NULL,
				      sodium_base64_VARIANT_ORIGINAL) != 0)
			return false;
		step->body = (const char *)bytes;
	}
	return true;
}

bool step_from_node(struct arena *arena, const struct node *node, struct step *ret_step)
{
	const char *name = node_text(node, "verb"), *class = node_text(node, "class");
	struct step step = {};

	step.verb = name ? verb_of(name) : VERB_COUNT;
	int class_number = class ? class_of(class) : -1;
	if (step.verb == VERB_COUNT || class_number < 0)
		return false;
	step.class = (enum class)class_number;
	const struct verb_info *info = verb_info(step.verb);
	for (unsigned i = 0; i < info->argument_count; i++) {
		step.argument[i] = node_text(node_get(node, "arguments"), info->argument[i]);
		if (!step.argument[i] && !info->optional[i])
			return false;
	}
	if (!body_from_node(arena, node, &step))
		return false;
	*ret_step = step;
	return true;
}

/* ---- reading a run ---- */

static enum result result_of(const char *name)
{
	for (enum result result = RESULT_DONE; result <= RESULT_REFUSED; result++)
		if (strcmp(result_name(result), name) == 0)
			return result;
	return RESULT_DONE;
}

static enum run_status status_of(const char *name)
{
	for (enum run_status status = RUN_RUNNING; status <= RUN_UNDONE; status++)
		if (string_equal(run_status_name(status), name))
			return status;
	return RUN_FAILED;
}

static unsigned count_at(const struct node *map, const char *key)
{
	const char *text = node_text(map, key);

	return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static void event_outcome(struct recorded_run *run, const struct node *event)
{
	unsigned index = count_at(event, "step");
	const char *result = node_text(event, "result");

	if (!index || index > run->steps.count)
		return;
	struct recorded_step *step = &run->steps.at[index - 1];
	step->ended = true;
	step->failure = node_text(event, "failure");
	if (result)
		step->result = result_of(result);
}

static void event_intend(struct arena *arena, struct recorded_run *run, const struct node *event)
{
	struct recorded_step step = { .item = node_text(event, "item") };

	if (step_from_node(arena, node_get(event, "does"), &step.step) &&
	    step_from_node(arena, node_get(event, "inverse"), &step.inverse))
		ARRAY_PUSH(arena, &run->steps, step);
}

static void event_faults(struct arena *arena, struct recorded_run *run, const struct node *list)
{
	if (!list)
		return;
	NODE_EACH(fault, list)
		if (fault->kind == NODE_SCALAR)
			ARRAY_PUSH(arena, &run->faults, fault->text);
}

static void event_take(struct arena *arena, struct recorded_run *run, const struct node *event)
{
	const char *what = node_text(event, "event");

	if (string_equal(what, "begin")) {
		run->command = node_text(event, "command");
		run->began = node_text(event, "time");
		run->hash = node_text(event, "plan");
		run->undoes = count_at(event, "undoes");
	} else if (string_equal(what, "intend")) {
		event_intend(arena, run, event);
	} else if (string_equal(what, "outcome")) {
		event_outcome(run, event);
	} else if (string_equal(what, "ledger") && node_text(event, "file")) {
		struct recorded_ledger change = { node_text(event, "file"),
						  node_text(event, "before") };
		ARRAY_PUSH(arena, &run->ledger, change);
	} else if (string_equal(what, "end")) {
		run->status = status_of(node_text(event, "status"));
		run->ended = node_text(event, "time");
		event_faults(arena, run, node_get(event, "faults"));
	}
}

static void run_take(struct arena *arena, struct recorded_run *run, const char *text)
{
	struct faults ignored;

	faults_init(&ignored, arena);
	while (*text) {
		size_t size = strcspn(text, "\n");
		struct node *event = NULL;
		if (text[size] != '\n' || json_read(arena, text, size, &event, &ignored) < 0)
			return;
		event_take(arena, run, event);
		text += size + 1;
	}
}

int journal_runs(struct journal *journal, struct recorded_runs *ret_runs, struct faults *faults)
{
	struct journal_names names = {};
	struct recorded_runs runs = {};

	if (journal_file_list(journal, "runs", &names, faults) < 0)
		return -1;
	EACH(name, &names.list) {
		const char *text = NULL;
		if (!string_ends(*name, ".jsonl"))
			continue;
		if (journal_file_read(journal, arena_printf(journal->arena, "runs/%s", *name),
				      &text, faults) < 0)
			return -1;
		struct recorded_run *run = ARRAY_ADD(journal->arena, &runs.list);
		run->number = (unsigned)strtoul(*name, NULL, 10);
		if (text)
			run_take(journal->arena, run, text);
	}
	EACH(run, &runs.list)
		EACH(other, &runs.list)
			if (run->undoes == other->number && run->status == RUN_DONE) {
				other->undone_by = run->number;
				other->status = RUN_UNDONE;
			}
	*ret_runs = runs;
	return 0;
}
