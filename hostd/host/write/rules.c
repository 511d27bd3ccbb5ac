/* rules.c - rules_replace, rules_remove: one nftables table as a whole. */
#include <string.h>

#include "document/node.h"
#include "formats/json.h"
#include "host/read/live_rules.h"
#include "host/write/write.h"

/* What puts the table back as it is is nft's own text: handles, which JSON would carry, are
 * given anew. */
static int table_text(struct write *write, const struct step *step, const char **ret,
		      struct faults *faults)
{
	const char *family = step->argument[0], *table = step->argument[1];
	int there = rules_there(write->arena, family, table, faults);

	if (there != 1)
		return there;
	const char *command = arena_printf(write->arena, "list table %s %s", family, table);
	return rules_run(write->arena, command, 0, ret, faults) < 0 ? -1 : 1;
}

int rules_replace_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	const char *text = NULL;
	int there = table_text(write, step, &text, faults);

	if (there < 0)
		return -1;
	inverse_of(ret, there ? VERB_rules_replace : VERB_rules_remove, step->argument[0],
		   step->argument[1], NULL);
	return there ? inverse_body(ret, text, strlen(text)) : 0;
}

int rules_remove_inverse(struct write *write, const struct step *step, struct step *ret,
			 struct faults *faults)
{
	const char *text = NULL;
	int there = table_text(write, step, &text, faults);

	if (there <= 0)
		return there < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_rules_replace, step->argument[0], step->argument[1], NULL);
	return inverse_body(ret, text, strlen(text));
}

/* {"verb": {"table": {"family": ..., "name": ...}}} */
static struct node *table_command(struct arena *arena, const char *verb, const struct step *step)
{
	struct node *table = node_map(arena), *object = node_map(arena), *command = node_map(arena);

	node_put(arena, table, "family", node_quoted(arena, step->argument[0]));
	node_put(arena, table, "name", node_quoted(arena, step->argument[1]));
	node_put(arena, object, "table", table);
	node_put(arena, command, verb, object);
	return command;
}

/* Deleting needs the table to be there: it is added first, all in one transaction. */
static int json_commands(struct write *write, const struct step *step, const char **ret,
			 struct faults *faults)
{
	struct node *body = NULL, *commands = node_list(write->arena),
		    *all = node_map(write->arena);
	struct text text = text_of(write->arena);

	if (json_read(write->arena, step->body, step->body_size, &body, faults) < 0)
		return -1;
	const struct node *list = node_get(body, "nftables");
	if (!list || list->kind != NODE_LIST)
		return fault(faults, FAULT_HOST, "the rule set has no list \"nftables\"");
	node_append(commands, table_command(write->arena, "add", step));
	node_append(commands, table_command(write->arena, "delete", step));
	NODE_EACH(entry, list)
		if (!node_get(entry, "metainfo"))
			node_append(commands, node_copy(write->arena, entry));
	node_put(write->arena, all, "nftables", commands);
	json_write(&text, all, false);
	*ret = text.at;
	return 0;
}

static int text_commands(struct write *write, const struct step *step, const char **ret)
{
	const char *family = step->argument[0], *table = step->argument[1];

	*ret = arena_printf(write->arena, "add table %s %s\ndelete table %s %s\n%.*s\n", family,
			    table, family, table, (int)step->body_size, step->body);
	return 0;
}

int rules_replace_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	bool json = step->body_size && step->body[strspn(step->body, " \t\r\n")] == '{';
	const char *commands = NULL, *before = NULL, *after = NULL, *output = NULL;
	unsigned flags = json ? RULES_JSON : 0;

	if (!step->body_size)
		return fault(faults, FAULT_HOST, "the rule set is empty");
	if (table_text(write, step, &before, faults) < 0 ||
	    (json ? json_commands(write, step, &commands, faults)
		  : text_commands(write, step, &commands)) < 0 ||
	    rules_run(write->arena, commands, flags | RULES_DRY, &output, faults) < 0 ||
	    rules_run(write->arena, commands, flags, &output, faults) < 0 ||
	    table_text(write, step, &after, faults) < 0)
		return -1;
	return outcome_is(ret, string_equal(before, after) ? RESULT_SAME : RESULT_DONE);
}

int rules_remove_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	const char *family = step->argument[0], *table = step->argument[1], *output = NULL;
	int there = rules_there(write->arena, family, table, faults);

	if (there <= 0)
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	const char *command = arena_printf(write->arena, "delete table %s %s", family, table);
	if (rules_run(write->arena, command, 0, &output, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}
