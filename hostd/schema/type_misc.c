/* digest, secret, pci. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/name.h"
#include "schema/scalar.h"

const char *type_text_of(const struct type *type, const void *value, struct arena *arena)
{
	struct text text = text_of(arena);

	type->print(value, &text);
	return text.at;
}

/* ---- digest ---- */

enum { DIGEST_DIGITS = 64 };

static bool digest_parse(struct arena *arena, const char *text, void *value)
{
	if (strlen(text) != DIGEST_DIGITS ||
	    strspn(text, "0123456789abcdefABCDEF") != DIGEST_DIGITS)
		return false;
	char *hex = arena_strdup(arena, text);
	for (char *at = hex; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	((struct digest *)value)->hex = hex;
	return true;
}

static const char *digest_hint(struct arena *arena, const char *text)
{
	struct digest digest = {};

	if (string_starts(text, "sha256:") && digest_parse(arena, text + 7, &digest))
		return "without the sha256: before it";
	if (text[strspn(text, "0123456789abcdefABCDEF")])
		return NULL;
	return arena_printf(arena, "it has %zu digits, not %d", strlen(text), DIGEST_DIGITS);
}

static int digest_read(struct arena *arena, const struct field *field, const struct node *node,
		       void *value, struct faults *faults)
{
	static const struct scalar digest = { &type_digest, digest_parse, digest_hint };

	return scalar_read(&digest, arena, field, node, value, faults);
}

static void digest_print(const void *value, struct text *text)
{
	const struct digest *digest = value;

	text_add(text, digest->hex ? digest->hex : "");
}

static bool digest_equal(const void *a, const void *b)
{
	return string_equal(((const struct digest *)a)->hex, ((const struct digest *)b)->hex);
}

const struct type type_digest = {
	.name = "a SHA-256 digest of 64 hexadecimal digits",
	.json_type = "string",
	.json_pattern = "^[0-9A-Fa-f]{64}$",
	.size = sizeof(struct digest),
	.read = digest_read,
	.print = digest_print,
	.equal = digest_equal,
};

/* ---- secret ---- */

enum { SECRET_NAME_MAX = 255 };
#define PATTERN_SECRET "^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,254}$"

static bool is_secret_name(const char *name)
{
	size_t size = strlen(name);

	if (!size || size > SECRET_NAME_MAX || strchr(".@-", name[0]))
		return false;
	for (; *name; name++)
		if ((unsigned char)*name >= 0x80 ||
		    (!isalnum((unsigned char)*name) && !strchr("_.@-", *name)))
			return false;
	return true;
}

static int secret_refuse(const struct node *node, struct faults *faults)
{
	/* What stands there may be the secret itself: it is not repeated. */
	(void)fault_at(faults, node->mark, "expected %s", type_secret.name);
	if (node->kind == NODE_SCALAR)
		fault_hint(faults, "a secret has no place in a description: put it in a file below "
				   "/etc/gasthof/secrets and write {file: NAME}");
	else
		fault_hint(faults, "write {file: NAME} or {credential: NAME}");
	return -1;
}

static int secret_key_check(const struct node *child, struct faults *faults)
{
	static const char *const keys[] = { "file", "credential" };

	if (!string_equal(child->key, "file") && !string_equal(child->key, "credential")) {
		const char *nearest = name_nearest(child->key, keys, COUNT_OF(keys));
		(void)fault_at(faults, child->key_mark, "unknown key %s",
			       text_quoted(faults->arena, child->key));
		fault_hint(faults, "did you mean \"%s\"?", nearest ? nearest : "file");
		return -1;
	}
	if (child->kind == NODE_SCALAR && is_secret_name(child->text))
		return 0;
	(void)fault_at(faults, child->mark, "expected the plain name of a %s", child->key);
	fault_hint(faults, "letters, digits and _ . @ -, no path");
	return -1;
}

static int secret_read(struct arena *arena, const struct field *field, const struct node *node,
		       void *value, struct faults *faults)
{
	struct secret secret = {};

	(void)field;
	if (node->kind != NODE_MAP || node->count != 1)
		return secret_refuse(node, faults);
	const struct node *child = node->first;
	if (secret_key_check(child, faults) < 0)
		return -1;
	if (child->key[0] == 'f')
		secret.file = arena_strdup(arena, child->text);
	else
		secret.credential = arena_strdup(arena, child->text);
	*(struct secret *)value = secret;
	return 0;
}

static void secret_print(const void *value, struct text *text)
{
	const struct secret *secret = value;

	if (secret->file)
		text_addf(text, "{file: %s}", secret->file);
	else if (secret->credential)
		text_addf(text, "{credential: %s}", secret->credential);
	else if (secret->found)
		text_addf(text, "{found: %s}", secret->found);
}

static bool is_found(const char *found, const char *place)
{
	size_t size = strlen(place);

	for (const char *at = found; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
		if (strncmp(at, place, size) == 0 && (!at[size] || at[size] == '/'))
			return true;
	return false;
}

/* Where its kind of place was not looked through, nothing speaks against it but another name. */
static bool secret_is_used(const struct secret *secret, const char *found)
{
	char place[SECRET_NAME_MAX + sizeof("credential:")];
	const char *kind = secret->file ? "file:" : "credential:";
	const char *name = secret->file ? secret->file : secret->credential;

	snprintf(place, sizeof(place), "%s%s", kind, name ? name : "");
	if (is_found(found, place))
		return true;
	return !*found || (!strstr(found, kind) && strstr(found, SECRET_NONE));
}

static bool secret_equal(const void *a, const void *b)
{
	const struct secret *first = a, *second = b;

	if (second->found)
		return secret_is_used(first, second->found);
	if (first->found)
		return secret_is_used(second, first->found);
	return string_equal(first->file, second->file) &&
	       string_equal(first->credential, second->credential);
}

static struct node *secret_tree(struct arena *arena, const void *value)
{
	const struct secret *secret = value;
	struct node *map = node_map(arena);

	if (secret->file)
		node_put(arena, map, "file", node_scalar(arena, secret->file));
	else if (secret->credential)
		node_put(arena, map, "credential", node_scalar(arena, secret->credential));
	return map;
}

static struct node *secret_schema(struct arena *arena)
{
	static const char *const keys[] = { "file", "credential" };
	struct node *schema = node_map(arena), *properties = node_map(arena);

	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct node *name = node_put(arena, properties, keys[i], node_map(arena));
		struct node *types = node_put(arena, name, "type", node_list(arena));
		node_append(types, node_quoted(arena, "string"));
		node_append(types, node_quoted(arena, "number"));
		node_append(types, node_quoted(arena, "boolean"));
		node_put(arena, name, "pattern", node_quoted(arena, PATTERN_SECRET));
		node_put(arena, name, "minimum", node_scalar(arena, "0"));
	}
	node_put(arena, schema, "properties", properties);
	node_put(arena, schema, "additionalProperties", node_scalar(arena, "false"));
	node_put(arena, schema, "minProperties", node_scalar(arena, "1"));
	node_put(arena, schema, "maxProperties", node_scalar(arena, "1"));
	return schema;
}

const struct type type_secret = {
	.name = "a secret, as {file: NAME} or {credential: NAME}",
	.json_type = "object",
	.size = sizeof(struct secret),
	.read = secret_read,
	.print = secret_print,
	.equal = secret_equal,
	.tree = secret_tree,
	.schema = secret_schema,
};

/* ---- pci ---- */

static bool hex_read(const char **at, size_t digits, unsigned most, unsigned *ret_number)
{
	char hex[8] = "";

	if (strspn(*at, "0123456789abcdefABCDEF") < digits)
		return false;
	memcpy(hex, *at, digits);
	*ret_number = (unsigned)strtoul(hex, NULL, 16);
	*at += digits;
	return *ret_number <= most;
}

static bool byte_read(const char **at, char byte)
{
	if (**at != byte)
		return false;
	*at += 1;
	return true;
}

static bool pci_parse(struct arena *arena, const char *text, void *value)
{
	unsigned domain = 0, bus = 0, slot = 0, function = 0;

	(void)arena;
	if (!hex_read(&text, 4, UINT16_MAX, &domain) || !byte_read(&text, ':') ||
	    !hex_read(&text, 2, UINT8_MAX, &bus) || !byte_read(&text, ':') ||
	    !hex_read(&text, 2, 0x1f, &slot) || !byte_read(&text, '.') ||
	    !hex_read(&text, 1, 7, &function) || *text)
		return false;
	*(struct pci *)value =
		(struct pci){ (uint16_t)domain, (uint8_t)bus, (uint8_t)slot, (uint8_t)function };
	return true;
}

static const char *pci_hint(struct arena *arena, const char *text)
{
	const char *full = arena_printf(arena, "0000:%s", text);
	struct pci pci = {};

	if (pci_parse(arena, full, &pci))
		return arena_printf(arena, "write %s", full);
	return "domain, bus, slot and function, as lspci -D shows them";
}

static int pci_read(struct arena *arena, const struct field *field, const struct node *node,
		    void *value, struct faults *faults)
{
	static const struct scalar pci = { &type_pci, pci_parse, pci_hint };

	return scalar_read(&pci, arena, field, node, value, faults);
}

static void pci_print(const void *value, struct text *text)
{
	const struct pci *pci = value;

	text_addf(text, "%04x:%02x:%02x.%x", pci->domain, pci->bus, pci->slot, pci->function);
}

static bool pci_equal(const void *a, const void *b)
{
	const struct pci *first = a, *second = b;

	return first->domain == second->domain && first->bus == second->bus &&
	       first->slot == second->slot && first->function == second->function;
}

const struct type type_pci = {
	.name = "a PCI address, like 0000:41:00.0",
	.json_type = "string",
	.json_pattern = "^[0-9A-Fa-f]{4}:[0-9A-Fa-f]{2}:[01][0-9A-Fa-f]\\.[0-7]$",
	.size = sizeof(struct pci),
	.read = pci_read,
	.print = pci_print,
	.equal = pci_equal,
};
