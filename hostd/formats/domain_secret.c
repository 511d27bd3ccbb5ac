/* domain_secret.c - passwords in a definition. */
#include <string.h>

#include "formats/domain.h"
#include "formats/domain_parts.h"
#include "formats/veil.h"

/* QEMU's command line (drvqemu, "Pass-through of arbitrary qemu commands"), and what a mark of
 * ours keeps of a block. */
static void rest_hide(struct arena *arena, xmlNode *root)
{
	xmlNode *mark = mark_find(root);

	XML_EACH(word, xml_at(root, "commandline"), NULL)
	{
		const char *value = xml_get(arena, word, "@value");
		if (value)
			xml_set(word, "@value", veil(arena, value));
	}
	if (mark && xml_get(arena, mark, ""))
		xml_set(mark, "", veil(arena, xml_get(arena, mark, "")));
}

/* Not xml_get, which takes white space off. */
static const char *password_of(struct arena *arena, xmlNode *graphics)
{
	xmlChar *password = xmlGetProp(graphics, BAD_CAST "passwd");
	const char *copy = password ? arena_strdup(arena, (const char *)password) : NULL;

	xmlFree(password);
	return copy;
}

static void place_add(struct text *text, const char *place)
{
	text_addf(text, "%s%s", text->size > strlen(FOUND_PLACE) ? "/" : "", place);
}

/* Where a password is from: all places that hold it, and of what was looked through in vain that.
 */
static const char *password_place(struct arena *arena, const struct known_secrets *known,
				  const char *password)
{
	struct text text = text_of(arena);
	bool file = false, credential = false;

	if (!known || (!known->files && !known->credentials))
		return DOMAIN_HIDDEN;
	text_addf(&text, "%s", FOUND_PLACE);
	EACH(secret, &known->list) {
		if (strcmp(secret->text, password) != 0)
			continue;
		place_add(&text, secret->place);
		file |= string_starts(secret->place, "file:");
		credential |= string_starts(secret->place, "credential:");
	}
	if (known->files && !file)
		place_add(&text, "file:" SECRET_NONE);
	if (known->credentials && !credential)
		place_add(&text, "credential:" SECRET_NONE);
	return text.at;
}

const char *domain_hide(struct arena *arena, const char *xml, const struct known_secrets *known,
			struct faults *faults)
{
	struct text text = text_of(arena);

	if (veil(arena, xml) == xml)
		return xml;
	XML_AUTO xmlDoc *doc = xml_parse(xml, strlen(xml), faults);
	if (!doc)
		return NULL;
	xmlNode *root = xmlDocGetRootElement(doc);
	XML_EACH(graphics, xml_at(root, "devices"), "graphics")
	{
		const char *password = password_of(arena, graphics);
		if (password && *password)
			xml_set(graphics, "@passwd", password_place(arena, known, password));
	}
	rest_hide(arena, root);
	xml_print(&text, root);
	return text.at;
}

/* QEMU has one of each type at most.  Not xml_get, which takes white space off. */
static void password_copy(xmlNode *from, xmlNode *graphics)
{
	xmlChar *type = xmlGetProp(graphics, BAD_CAST "type"), *password = NULL;

	XML_EACH(other, from, "graphics")
	{
		xmlChar *its = xmlGetProp(other, BAD_CAST "type");
		if (!password && type && xmlStrEqual(its, type))
			password = xmlGetProp(other, BAD_CAST "passwd");
		xmlFree(its);
	}
	xmlSetProp(graphics, BAD_CAST "passwd", password ? password : BAD_CAST "");
	xmlFree(password);
	xmlFree(type);
}

/* The word of `from` that is this one with its secrets, or NULL. */
static const char *word_find(struct arena *arena, xmlNode *from, const char *hidden)
{
	XML_EACH(word, from, NULL)
	{
		const char *value = xml_get(arena, word, "@value");
		if (value && strcmp(veil(arena, value), hidden) == 0)
			return value;
	}
	return NULL;
}

static int words_unhide(struct arena *arena, xmlNode *root, xmlNode *secure, struct faults *faults)
{
	XML_EACH(word, xml_at(root, "commandline"), NULL)
	{
		const char *value = xml_get(arena, word, "@value");
		if (!value || !strstr(value, VEIL))
			continue;
		const char *clear =
			word_find(arena, secure ? xml_at(secure, "commandline") : NULL, value);
		if (!clear)
			return fault(faults, FAULT_REFUSED,
				     "the secret in QEMU's option \"%s\" is not known any more",
				     value);
		xml_set(word, "@value", clear);
	}
	return 0;
}

int domain_unhide(struct text *text, const char *xml, const char *secure, struct faults *faults)
{
	XML_AUTO xmlDoc *doc = xml_parse(xml, strlen(xml), faults);
	XML_AUTO xmlDoc *from = secure ? xml_parse(secure, strlen(secure), faults) : NULL;

	if (!doc || (secure && !from))
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	xmlNode *devices = from ? xml_at(xmlDocGetRootElement(from), "devices") : NULL;
	XML_EACH(graphics, xml_at(root, "devices"), "graphics")
	if (string_equal(xml_get(text->arena, graphics, "@passwd"), DOMAIN_HIDDEN))
		password_copy(devices, graphics);
	if (words_unhide(text->arena, root, from ? xmlDocGetRootElement(from) : NULL, faults) < 0)
		return -1;
	xml_print(text, root);
	return 0;
}

/* What was in use, by the first of the places that have it. */
static const char *found_again(struct arena *arena, const char *places, secret_look *look,
			       void *context)
{
	const char *place = arena_strndup(arena, places, strcspn(places, "/")), *clear = NULL;
	struct faults unheard;

	faults_init(&unheard, arena);
	if (strstr(place, SECRET_NONE) || look(context, place, &clear, &unheard) < 0)
		return DOMAIN_HIDDEN;
	return clear;
}

int domain_reveal(struct text *text, const char *xml, secret_look *look, void *context,
		  struct faults *faults)
{
	XML_AUTO xmlDoc *doc = xml_parse(xml, strlen(xml), faults);

	if (!doc)
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	XML_EACH(graphics, xml_at(root, "devices"), "graphics")
	{
		const char *password = xml_get(text->arena, graphics, "@passwd"), *clear = NULL;
		if (password && string_starts(password, FOUND_PLACE))
			xml_set(graphics, "@passwd",
				found_again(text->arena, password + strlen(FOUND_PLACE), look,
					    context));
		if (!password || !string_starts(password, SECRET_PLACE))
			continue;
		if (look(context, password + strlen(SECRET_PLACE), &clear, faults) < 0)
			return -1;
		xml_set(graphics, "@passwd", clear);
	}
	xml_print(text, root);
	return 0;
}
