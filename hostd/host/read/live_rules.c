#include "host/read/live_rules.h"

#include <string.h>

#include <nftables/libnftables.h>

#include "formats/json.h"
#include "host/read/live.h"

static void context_cleanup(struct nft_ctx **context)
{
	if (*context)
		nft_ctx_free(*context);
}

int rules_run(struct arena *arena, const char *commands, unsigned flags, const char **ret_output,
	      struct faults *faults)
{
	__attribute__((cleanup(context_cleanup))) struct nft_ctx *context =
		nft_ctx_new(NFT_CTX_DEFAULT);

	if (!context)
		return fault(faults, FAULT_HOST, "cannot reach nftables");
	nft_ctx_output_set_flags(context, flags & RULES_JSON ? NFT_CTX_OUTPUT_JSON : 0);
	nft_ctx_set_dry_run(context, flags & RULES_DRY);
	nft_ctx_buffer_output(context);
	nft_ctx_buffer_error(context);
	if (nft_run_cmd_from_buffer(context, commands) != 0) {
		const char *error = nft_ctx_get_error_buffer(context);
		return fault(faults, FAULT_HOST, "nftables refused: %.*s",
			     (int)strcspn(error, "\n"), *error ? error : "it does not say why");
	}
	*ret_output = arena_strdup(arena, nft_ctx_get_output_buffer(context));
	return 0;
}

int rules_check_name(const char *family, const char *table, struct faults *faults)
{
	static const char *const families[] = { "inet", "ip", "ip6", "bridge", "arp", "netdev" };
	bool known = false, plain = *table && strlen(table) < 64;

	for (size_t i = 0; i < COUNT_OF(families); i++)
		known |= string_equal(families[i], family);
	for (const char *at = table; *at; at++)
		plain &= (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '_' ||
			 (at > table && ((*at >= '0' && *at <= '9') || *at == '-'));
	if (!known || !plain)
		return fault(faults, FAULT_HOST, "\"%s %s\" is no nftables table", family, table);
	return 0;
}

int rules_there(struct arena *arena, const char *family, const char *table, struct faults *faults)
{
	const char *output = NULL;
	struct node *tables = NULL;

	if (rules_check_name(family, table, faults) < 0 ||
	    rules_run(arena, "list tables", RULES_JSON, &output, faults) < 0 ||
	    json_read(arena, output, strlen(output), &tables, faults) < 0)
		return -1;
	const struct node *list = node_get(tables, "nftables");
	if (!list || list->kind != NODE_LIST)
		return fault(faults, FAULT_HOST, "nftables' list of tables does not read");
	NODE_EACH(entry, list) {
		const struct node *found = node_get(entry, "table");
		const struct node *its_family = node_get(found, "family");
		const struct node *its_name = node_get(found, "name");
		if (its_family && its_name && string_equal(its_family->text, family) &&
		    string_equal(its_name->text, table))
			return 1;
	}
	return 0;
}

int live_rules(struct host *host, const char *family, const char *table, const char **ret_json,
	       struct faults *faults)
{
	int there = rules_there(host->arena, family, table, faults);

	if (there != 1)
		return there;
	const char *command = arena_printf(host->arena, "list table %s %s", family, table);
	return rules_run(host->arena, command, RULES_JSON, ret_json, faults) < 0 ? -1 : 1;
}
