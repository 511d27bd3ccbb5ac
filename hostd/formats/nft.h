/* nft.h - an nftables table as plain lines, one rule each.
 *
 * What `nft -j list table` prints becomes the lines that nft itself would take, in one
 * canonical form: handles and counters are left out, sets are sorted, and what the kernel
 * shows in several ways (ct state, sets of one) is written in one.  Whoever writes rules in
 * this form reads back what was written, so that two tables are compared line by line.
 *
 * Source: libnftables-json(5).  An expression that we never write comes out as its JSON.
 */
#pragma once

#include "schema/record.h"

struct nft_chain {
	const char *name;
	/* First "type filter hook input priority 0; policy accept;", of a base chain, then
	 * the rules, each with its comment: `tcp dport 22 accept comment "input.allow.ssh"`. */
	struct text_list lines;
};

struct nft_table {
	ARRAY(struct nft_chain) chains; /* in the order of the listing */
	struct text_list extra;         /* sets, maps and the like: "set blocked" */
};

/* Reads the JSON of one table.  FAULT_HOST where it is not such a listing. */
int nft_table_read(struct arena *arena, const char *json, struct nft_table *ret,
		   struct faults *faults) MUST_CHECK;

/* The lines of a chain; an empty list where there is none. */
struct text_list nft_chain_lines(const struct nft_table *table, const char *name);

/* Appends a line to a list. */
void nft_line_add(struct arena *arena, struct text_list *list, const char *line);

/* "{ 53, 67 }", sorted; one alone stands without braces. */
const char *nft_set(struct arena *arena, const char *const *elements, size_t count);

/* A network as nft prints it: without host bits, a single address without its length. */
const char *nft_prefix(struct arena *arena, const struct prefix *prefix);
