#include <sodium.h>
#include <string.h>

#include "plan/plan.h"

/* Length-prefixed, so that no two different plans read the same. */
static void hash_string(crypto_hash_sha256_state *state, const char *string)
{
	uint64_t size = string ? strlen(string) : UINT64_MAX;

	crypto_hash_sha256_update(state, (const unsigned char *)&size, sizeof(size));
	if (string)
		crypto_hash_sha256_update(state, (const unsigned char *)string, size);
}

static void hash_item(crypto_hash_sha256_state *state, const struct plan_item *item)
{
	hash_string(state, item->path);
	hash_string(state, action_name(item->action));
	hash_string(state, class_name(item->class));
	EACH(path, &item->differs) {
		hash_string(state, path->path);
		hash_string(state, path->old);
		hash_string(state, path->new);
		hash_string(state, class_name(path->class));
	}
	EACH(wait, &item->steps.waits) {
		hash_string(state, wait_name(wait->wait));
		hash_string(state, wait->why);
	}
}

void plan_hash(struct plan *plan)
{
	crypto_hash_sha256_state state;
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_init(&state);
	EACH(item, &plan->items)
		if ((*item)->action != ACTION_NONE)
			hash_item(&state, *item);
	crypto_hash_sha256_final(&state, digest);
	sodium_bin2hex(plan->hash, sizeof(plan->hash), digest, sizeof(digest));
}
