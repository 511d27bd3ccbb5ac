#include "formats/cpu_model.h"

#include <string.h>

#include "base/array.h"
#include "formats/xml.h"

/* ---- words ---- */

void words_put(struct arena *arena, struct text_list *list, const char *word)
{
	size_t at = list->count;

	if (text_list_has(list, word))
		return;
	text_list_push(arena, list, word);
	for (; at && strcmp(list->at[at - 1], word) > 0; at--)
		list->at[at] = list->at[at - 1];
	list->at[at] = word;
}

void words_join(struct arena *arena, struct text_list *list, const struct text_list *more)
{
	EACH(word, more)
		words_put(arena, list, *word);
}

struct text_list words_without(struct arena *arena, const struct text_list *list,
			       const struct text_list *without)
{
	struct text_list left = {};

	EACH(word, list)
		if (!text_list_has(without, *word))
			text_list_push(arena, &left, *word);
	return left;
}

struct text_list words_both(struct arena *arena, const struct text_list *a,
			    const struct text_list *b)
{
	struct text_list both = {};

	EACH(word, a)
		if (text_list_has(b, *word))
			text_list_push(arena, &both, *word);
	return both;
}

const char *words_text(struct arena *arena, const struct text_list *list)
{
	struct text text = text_of(arena);

	for (size_t i = 0; i < list->count; i++)
		text_addf(&text, "%s%s",
			  !i                     ? ""
			  : i + 1 == list->count ? " and "
						 : ", ",
			  list->at[i]);
	return text.at;
}

/* ---- reading ---- */

static void features_read(struct arena *arena, xmlNode *cpu, struct cpu_model *ret)
{
	XML_EACH(feature, cpu, "feature")
	{
		const char *name = xml_get(arena, feature, "@name");
		const char *policy = xml_get(arena, feature, "@policy");
		bool without = string_equal(policy, "disable") || string_equal(policy, "forbid");
		if (name && *name)
			words_put(arena, without ? &ret->without : &ret->require, name);
	}
}

static xmlNode *mode_find(struct arena *arena, xmlNode *root)
{
	XML_EACH(mode, xml_at(root, "cpu"), "mode")
	if (string_equal(xml_get(arena, mode, "@name"), "host-model") &&
	    !string_equal(xml_get(arena, mode, "@supported"), "no"))
		return mode;
	return NULL;
}

/* The element with the model in it, whichever of the forms it is; NULL: none of them. */
static xmlNode *cpu_find(struct arena *arena, xmlNode *root, struct cpu_model *ret)
{
	if (xml_is(root, "domainCapabilities")) {
		ret->virt = xml_get(arena, root, "domain");
		return mode_find(arena, root);
	}
	xmlNode *cpu = xml_is(root, "capabilities") ? xml_at(root, "host/cpu")
		       : xml_is(root, "cpu")        ? root
						    : NULL;
	ret->host = cpu && xml_has(cpu, "arch");
	return cpu;
}

int cpu_model_read(struct arena *arena, const char *text, struct cpu_model *ret,
		   struct faults *faults)
{
	XML_AUTO xmlDoc *doc = xml_parse(text, strlen(text), faults);

	*ret = (struct cpu_model){};
	if (!doc)
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	xmlNode *cpu = cpu_find(arena, root, ret);
	const char *model = cpu ? xml_get(arena, cpu, "model") : NULL;
	if (!model || !*model)
		return fault(faults, FAULT_HOST,
			     "no processor is named in it: it has to be what virsh "
			     "domcapabilities prints on a host that can have guests");
	const char *arch = xml_get(arena, ret->host ? cpu : root, "arch");
	if (arch && strcmp(arch, "x86_64") != 0)
		return fault(faults, FAULT_HOST, "it is of a processor of type %s, not x86_64",
			     arch);
	ret->model = model;
	ret->vendor = xml_get(arena, cpu, "vendor");
	features_read(arena, cpu, ret);
	return 0;
}

/* <blockers> came with libvirt 10.10. */
static void blockers_read(struct arena *arena, xmlNode *mode, const char *model,
			  struct text_list *ret)
{
	XML_EACH(blockers, mode, "blockers")
	{
		if (!string_equal(xml_get(arena, blockers, "@model"), model))
			continue;
		XML_EACH(feature, blockers, "feature")
		{
			const char *name = xml_get(arena, feature, "@name");
			if (name && *name)
				words_put(arena, ret, name);
		}
	}
}

int cpu_usable_read(struct arena *arena, const char *text, const char *model,
		    struct cpu_usable *ret, struct faults *faults)
{
	XML_AUTO xmlDoc *doc = xml_parse(text, strlen(text), faults);

	*ret = (struct cpu_usable){};
	if (!doc)
		return -1;
	xmlNode *custom = xml_at(xmlDocGetRootElement(doc), "cpu/mode[name=custom]");
	if (!custom)
		return 0;
	XML_EACH(one, custom, "model")
	{
		if (!string_equal(xml_get(arena, one, ""), model))
			continue;
		ret->known = true;
		ret->usable = string_equal(xml_get(arena, one, "@usable"), "yes");
	}
	blockers_read(arena, custom, model, &ret->blockers);
	return 0;
}

/* ---- writing ---- */

static void features_write(xmlNode *cpu, const struct text_list *list, const char *policy)
{
	EACH(name, list) {
		xmlNode *feature = xml_add(cpu, "feature");
		if (policy)
			xml_set(feature, "@policy", policy);
		xml_set(feature, "@name", *name);
	}
}

const char *cpu_model_text(struct arena *arena, const struct cpu_model *cpu)
{
	XML_AUTO xmlDoc *doc = xml_new("cpu");
	xmlNode *root = xmlDocGetRootElement(doc);
	struct text text = text_of(arena);

	if (cpu->host) {
		xml_set(root, "arch", "x86_64");
	} else {
		xml_set(root, "@mode", "custom");
		xml_set(root, "@match", "exact");
	}
	xml_set(root, "model", cpu->model);
	if (!cpu->host)
		xml_set(root, "model@fallback", "forbid");
	if (cpu->vendor)
		xml_set(root, "vendor", cpu->vendor);
	features_write(root, &cpu->require, cpu->host ? NULL : "require");
	if (!cpu->host)
		features_write(root, &cpu->without, "disable");
	xml_print(&text, root);
	return text.at;
}
