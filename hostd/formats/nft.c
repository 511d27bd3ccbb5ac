#include "formats/nft.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "formats/json.h"

void nft_line_add(struct arena *arena, struct text_list *list, const char *line)
{
	list->at = arena_grow(arena, list->at, list->count * sizeof(*list->at),
			      (list->count + 1) * sizeof(*list->at));
	list->at[list->count++] = arena_strdup(arena, line);
}

static int text_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *joined(struct arena *arena, const char *const *elements, size_t count,
			  const char *between)
{
	struct text text = text_of(arena);
	const char **sorted = arena_alloc(arena, count * sizeof(*sorted));

	if (count)
		memcpy(sorted, elements, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), text_order);
	for (size_t i = 0; i < count; i++)
		text_addf(&text, "%s%s", i ? between : "", sorted[i]);
	return text.at;
}

const char *nft_set(struct arena *arena, const char *const *elements, size_t count)
{
	if (count == 1)
		return elements[0];
	return arena_printf(arena, "{ %s }", joined(arena, elements, count, ", "));
}

const char *nft_prefix(struct arena *arena, const struct prefix *prefix)
{
	struct prefix network = { prefix_nth(prefix, 0), prefix->length };
	bool single = prefix->length == (prefix->address.family == AF_INET ? 32 : 128);

	return single ? address_text(arena, &prefix->address) : prefix_text(arena, &network);
}

/* ---- expressions ---- */

static const char *as_json(struct arena *arena, const struct node *node)
{
	struct text text = text_of(arena);

	json_write(&text, node, false);
	return text.at;
}

/* What stands left of a comparison: "iifname", "ct state", "tcp dport". */
static const char *left_text(struct arena *arena, const struct node *left)
{
	const struct node *meta = node_get(left, "meta"), *ct = node_get(left, "ct");
	const struct node *payload = node_get(left, "payload"), *fib = node_get(left, "fib");

	if (meta && node_text(meta, "key")) {
		const char *key = node_text(meta, "key");
		bool bare = strcmp(key, "iifname") == 0 || strcmp(key, "oifname") == 0;
		return bare ? key : arena_printf(arena, "meta %s", key);
	}
	if (ct && node_text(ct, "key"))
		return arena_printf(arena, "ct %s", node_text(ct, "key"));
	if (payload && node_text(payload, "protocol") && node_text(payload, "field"))
		return arena_printf(arena, "%s %s", node_text(payload, "protocol"),
				    node_text(payload, "field"));
	if (fib && node_text(fib, "result")) {
		const struct node *flags = node_get(fib, "flags");
		const struct node *first = flags && flags->kind == NODE_LIST ? flags->first : flags;
		if (first && !first->next && first->text)
			return arena_printf(arena, "fib %s %s", first->text,
					    node_text(fib, "result"));
	}
	return as_json(arena, left);
}

static const char *right_text(struct arena *arena, const struct node *right, bool quoted,
			      const char *between);

static const char *list_text(struct arena *arena, const struct node *list, bool quoted,
			     const char *between)
{
	const char **elements = arena_alloc(arena, list->count * sizeof(*elements));
	size_t count = 0;

	NODE_EACH(element, list)
		elements[count++] = right_text(arena, element, quoted, between);
	return between ? joined(arena, elements, count, between) : nft_set(arena, elements, count);
}

static const char *right_text(struct arena *arena, const struct node *right, bool quoted,
			      const char *between)
{
	const struct node *set = node_get(right, "set"), *prefix = node_get(right, "prefix");
	const struct node *range = node_get(right, "range");

	if (right->kind == NODE_SCALAR)
		return quoted ? arena_printf(arena, "\"%s\"", right->text) : right->text;
	if (right->kind == NODE_LIST)
		return list_text(arena, right, quoted, between);
	if (set && set->kind == NODE_LIST)
		return list_text(arena, set, quoted, between);
	if (prefix && node_text(prefix, "addr") && node_text(prefix, "len"))
		return arena_printf(arena, "%s/%s", node_text(prefix, "addr"),
				    node_text(prefix, "len"));
	if (range && range->kind == NODE_LIST && range->count == 2)
		return arena_printf(arena, "%s-%s", right_text(arena, range->first, quoted, NULL),
				    right_text(arena, range->last, quoted, NULL));
	return as_json(arena, right);
}

static void add_match(struct text *text, const struct node *match)
{
	const struct node *left = node_get(match, "left"), *right = node_get(match, "right");
	const char *op = node_text(match, "op");

	if (!left || !right || !op) {
		text_add(text, as_json(text->arena, match));
		return;
	}
	const char *name = left_text(text->arena, left);
	bool quoted = strcmp(name, "iifname") == 0 || strcmp(name, "oifname") == 0;
	/* Flags: a list and a set of them mean one thing. */
	bool flags = strcmp(name, "ct state") == 0 || strcmp(name, "ct status") == 0;
	bool plain = strcmp(op, "==") == 0 || strcmp(op, "in") == 0;
	text_addf(text, "%s %s%s%s", name, plain ? "" : op, plain ? "" : " ",
		  right_text(text->arena, right, quoted, flags ? "," : NULL));
}

static void add_dnat(struct text *text, const struct node *dnat)
{
	const char *family = node_text(dnat, "family"), *address = node_text(dnat, "addr");
	const char *port = node_text(dnat, "port");
	bool six = string_equal(family, "ip6") && port;

	if (!address) {
		text_add(text, as_json(text->arena, dnat));
		return;
	}
	text_addf(text, "dnat %s%sto %s%s%s%s%s", family ? family : "", family ? " " : "",
		  six ? "[" : "", address, six ? "]" : "", port ? ":" : "", port ? port : "");
}

static void add_expression(struct text *text, const struct node *expression)
{
	static const char *const verdicts[] = { "accept", "drop", "return", "masquerade" };
	const struct node *match = node_get(expression, "match");
	const struct node *dnat = node_get(expression, "dnat");

	if (node_get(expression, "counter"))
		return;
	if (text->size)
		text_add(text, " ");
	if (match) {
		add_match(text, match);
		return;
	}
	if (dnat) {
		add_dnat(text, dnat);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
		const struct node *verdict = node_get(expression, verdicts[i]);
		if (verdict && verdict->kind == NODE_NULL) {
			text_add(text, verdicts[i]);
			return;
		}
	}
	text_add(text, as_json(text->arena, expression));
}

static const char *rule_text(struct arena *arena, const struct node *rule)
{
	const struct node *expressions = node_get(rule, "expr");
	const char *comment = node_text(rule, "comment");
	struct text text = text_of(arena);

	if (expressions)
		NODE_EACH(expression, expressions)
			add_expression(&text, expression);
	if (comment)
		text_addf(&text, " comment \"%s\"", comment);
	return text.at;
}

/* ---- the table ---- */

static struct nft_chain *chain_of(struct arena *arena, struct nft_table *table, const char *name)
{
	EACH(chain, &table->chains)
		if (strcmp(chain->name, name) == 0)
			return chain;
	struct nft_chain *chain = ARRAY_ADD(arena, &table->chains);
	chain->name = name;
	return chain;
}

static void read_chain(struct arena *arena, struct nft_table *table, const struct node *node)
{
	struct nft_chain *chain = chain_of(arena, table, node_text(node, "name"));
	const char *policy = node_text(node, "policy");

	if (!node_text(node, "hook"))
		return;
	nft_line_add(arena, &chain->lines,
		     arena_printf(arena, "type %s hook %s priority %s; policy %s;",
				  node_text(node, "type"), node_text(node, "hook"),
				  node_text(node, "prio"), policy ? policy : "accept"));
}

static void read_entry(struct arena *arena, struct nft_table *table, const struct node *entry)
{
	const struct node *chain = node_get(entry, "chain"), *rule = node_get(entry, "rule");
	const struct node *what = entry->first;

	if (chain && node_text(chain, "name")) {
		read_chain(arena, table, chain);
	} else if (rule && node_text(rule, "chain")) {
		struct nft_chain *of = chain_of(arena, table, node_text(rule, "chain"));
		nft_line_add(arena, &of->lines, rule_text(arena, rule));
	} else if (what && strcmp(what->key, "metainfo") != 0 && strcmp(what->key, "table") != 0) {
		const char *name = node_text(what, "name");
		nft_line_add(arena, &table->extra,
			     arena_printf(arena, "%s %s", what->key, name ? name : ""));
	}
}

int nft_table_read(struct arena *arena, const char *json, struct nft_table *ret,
		   struct faults *faults)
{
	struct nft_table table = {};
	struct node *root = NULL;

	if (json_read(arena, json, strlen(json), &root, faults) < 0)
		return -1;
	const struct node *list = node_get(root, "nftables");
	if (!list || list->kind != NODE_LIST)
		return fault(faults, FAULT_HOST, "nftables' listing of a table does not read");
	NODE_EACH(entry, list)
		read_entry(arena, &table, entry);
	*ret = table;
	return 0;
}

struct text_list nft_chain_lines(const struct nft_table *table, const char *name)
{
	EACH(chain, &table->chains)
		if (strcmp(chain->name, name) == 0)
			return chain->lines;
	return (struct text_list){};
}
