/* live_rules.h - one question or command for nftables, for both halves of host/. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"

enum rules_flags { RULES_JSON = 1 << 0, RULES_DRY = 1 << 1 };

/* Runs nft commands (text, or JSON with RULES_JSON) as one transaction and returns what they
 * printed.  FAULT_HOST with the first line of nft's complaint. */
int rules_run(struct arena *arena, const char *commands, unsigned flags, const char **ret_output,
	      struct faults *faults) MUST_CHECK;

/* Whether the table is there: 1, 0, or -1 with a fault. */
int rules_there(struct arena *arena, const char *family, const char *table,
		struct faults *faults) MUST_CHECK;

/* Family and table come from steps and end up in nft's language: -1 with a fault unless they are
 * a known family and a plain identifier. */
int rules_check_name(const char *family, const char *table, struct faults *faults) MUST_CHECK;
