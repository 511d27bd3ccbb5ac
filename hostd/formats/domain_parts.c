#include "formats/domain_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/domain.h"
#include "formats/veil.h"

static bool given_or_fresh(const struct bind_context *context, bool given, const char *field)
{
	return given || context->fresh || bind_resets(context, field);
}

/* ---- vCPUs: libvirt leaves current= out where it is the most ---- */

void part_vcpus_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest_vcpus *vcpus = &((struct guest *)value)->vcpus;
	const char *most = xml_get(context->arena, element, "vcpu");
	const char *count = xml_get(context->arena, element, "vcpu@current");

	if (context->sparse && !most)
		return;
	if (context->sparse && count) /* said, even where it is the same */
		bind_put(context, &guest_vcpus_record, vcpus, "max", most);
	bind_put(context, &guest_vcpus_record, vcpus, "most", most ? most : "1");
	bind_put(context, &guest_vcpus_record, vcpus, "count", count ? count : most ? most : "1");
	record_give(&guest_record, value, offsetof(struct guest, vcpus), true);
}

void part_vcpus_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest_vcpus *vcpus = &((const struct guest *)value)->vcpus;
	char number[16];

	if (given_or_fresh(context, GIVEN(&guest_vcpus_record, vcpus, most), "vcpus.most")) {
		snprintf(number, sizeof(number), "%" PRIu32, vcpus->most);
		xml_set(element, "vcpu", number);
	}
	if (context->terse && vcpus->count == vcpus->most &&
	    !GIVEN(&guest_vcpus_record, vcpus, max)) {
		xml_remove(element, "vcpu@current");
	} else if (given_or_fresh(context, GIVEN(&guest_vcpus_record, vcpus, count),
				  "vcpus.count")) {
		snprintf(number, sizeof(number), "%" PRIu32, vcpus->count);
		xml_set(element, "vcpu@current", number);
	}
}

/* ---- memory modules: to libvirt they are part of the whole, to us they come on top ---- */

static uint64_t kib_of(struct arena *arena, xmlNode *element, const char *place)
{
	const char *number = xml_get(arena, element, place);
	const char *unit = xml_get(arena, element, arena_printf(arena, "%s@unit", place));
	struct bytes size = {};

	if (!number)
		return 0;
	return bytes_parse(arena_printf(arena, "%s%s", number, unit ? unit : "KiB"), &size)
		       ? size.count / 1024
		       : 0;
}

static uint64_t modules_kib(struct arena *arena, xmlNode *root)
{
	uint64_t sum = 0;

	XML_EACH(module, xml_at(root, "devices"), "memory")
	sum += kib_of(arena, module, "target/size");
	return sum;
}

static void without_modules(struct bytes *size, uint64_t modules)
{
	if (size->count > modules * 1024)
		size->count -= modules * 1024;
}

void part_modules_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest_memory *memory = &((struct guest *)value)->memory;
	uint64_t modules = modules_kib(context->arena, element);

	if (GIVEN(&guest_memory_record, memory, most))
		without_modules(&memory->most, modules);
	if (GIVEN(&guest_memory_record, memory, size))
		without_modules(&memory->size, modules);
	/* a balloon that holds some of the modules, too */
	if (modules && GIVEN(&guest_memory_record, memory, most) &&
	    GIVEN(&guest_memory_record, memory, size) && memory->size.count > memory->most.count)
		memory->size = memory->most;
}

static void with_modules(struct arena *arena, xmlNode *root, const char *place, uint64_t modules)
{
	uint64_t kib = kib_of(arena, root, place) + modules;

	xml_set(root, place, arena_printf(arena, "%" PRIu64, kib));
	xml_set(root, arena_printf(arena, "%s@unit", place), "KiB");
}

void part_modules_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest_memory *memory = &((const struct guest *)value)->memory;
	uint64_t modules = modules_kib(context->arena, element);

	if (!modules)
		return;
	if (given_or_fresh(context, GIVEN(&guest_memory_record, memory, most), "memory.most"))
		with_modules(context->arena, element, "memory", modules);
	if (given_or_fresh(context, GIVEN(&guest_memory_record, memory, size), "memory.size"))
		with_modules(context->arena, element, "currentMemory", modules);
}

/* ---- where memory comes from ---- */

/* <hugepages/> alone means pages of the host's default size, which the XML does not know. */
void part_pages_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest_memory *memory = value;
	const char *number = xml_get(context->arena, element, "memoryBacking/hugepages/page@size");
	const char *unit = xml_get(context->arena, element, "memoryBacking/hugepages/page@unit");
	const char *node = xml_get(context->arena, element, "numatune/memory@nodeset");
	struct bytes size = {};

	if (context->sparse)
		return; /* huge_pages and numa say it as it stands there */
	if (number &&
	    bytes_parse(arena_printf(context->arena, "%s%s", number, unit ? unit : "KiB"), &size))
		SET(&guest_memory_record, memory, page_size, size);
	if (node)
		bind_put(context, &guest_memory_record, memory, "node", node);
}

void part_pages_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest_memory *memory = value;
	char number[24];

	if (GIVEN(&guest_memory_record, memory, page_size)) {
		xml_remove(element, "memoryBacking/hugepages");
		snprintf(number, sizeof(number), "%" PRIu64, memory->page_size.count / 1024);
		xml_set(element, "memoryBacking/hugepages/page@size", number);
		xml_set(element, "memoryBacking/hugepages/page@unit", "KiB");
	} else if (bind_resets(context, "page_size")) {
		xml_remove(element, "memoryBacking/hugepages");
	}
	if (GIVEN(&guest_memory_record, memory, node)) {
		snprintf(number, sizeof(number), "%" PRIu32, memory->node);
		xml_set(element, "numatune/memory@mode", "strict");
		xml_set(element, "numatune/memory@nodeset", number);
	} else if (bind_resets(context, "node")) {
		xml_remove(element, "numatune/memory");
	}
}

/* ---- firmware ---- */

static bool is_uefi(struct arena *arena, xmlNode *root)
{
	return string_equal(xml_get(arena, root, "os@firmware"), "efi") ||
	       string_equal(xml_get(arena, root, "os/loader@type"), "pflash");
}

static bool is_secure(struct arena *arena, xmlNode *root)
{
	return string_equal(xml_get(arena, root, "os/loader@secure"), "yes") ||
	       string_equal(xml_get(arena, root, "os/firmware/feature[name=secure-boot]@enabled"),
			    "yes");
}

void part_firmware_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest *guest = value;

	const char *chosen = xml_get(context->arena, element, "os@firmware");

	if (context->sparse) { /* other firmware has rows of its own (boot.loader) */
		if (string_equal(chosen, "efi"))
			SET(&guest_record, guest, firmware, "uefi");
		else if (string_equal(chosen, "bios"))
			SET(&guest_record, guest, firmware, "bios");
		return;
	}
	SET(&guest_record, guest, firmware, is_uefi(context->arena, element) ? "uefi" : "bios");
	SET(&guest_record, guest, secure_boot, is_secure(context->arena, element));
}

static void firmware_clear(xmlNode *root)
{
	xml_remove(root, "os@firmware");
	xml_remove(root, "os/firmware");
	xml_remove(root, "os/loader");
	xml_remove(root, "os/nvram");
	xml_remove(root, "features/smm");
}

/* libvirt's own folder for what it makes from a template (storage of qemu:///system). */
#define VARIABLES "/var/lib/libvirt/qemu/nvram"

/* libvirt makes a store of variables from the template with the keys only where none is there:
 * with one that was made without keys, Secure Boot would stay off.  So it has a store of its own.
 */
static void uefi_write(const struct bind_context *context, xmlNode *root, bool secure)
{
	firmware_clear(root);
	xml_set(root, "os@firmware", "efi");
	xml_set(root, "os/firmware/feature[name=secure-boot]@enabled", secure ? "yes" : "no");
	if (!secure)
		return;
	xml_set(root, "os/firmware/feature[name=enrolled-keys]@enabled", "yes");
	xml_set(root, "os/nvram",
		arena_printf(context->arena, VARIABLES "/%s_VARS.secure.fd",
			     xml_get(context->arena, root, "name")));
	xml_set(root, "features/smm@state", "on");
}

/* A change of firmware lets libvirt choose again, with other variables; otherwise the loader
 * and variable store it chose are kept. */
void part_firmware_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest *guest = value;
	bool is = is_uefi(context->arena, element), want = is;
	bool secure_is = is_secure(context->arena, element), secure = secure_is;

	if (context->terse) {
		if (GIVEN(&guest_record, guest, firmware))
			xml_set(element, "os@firmware",
				string_equal(guest->firmware, "uefi") ? "efi" : "bios");
		else if (is && bind_resets(context, "firmware"))
			firmware_clear(element);
		if (GIVEN(&guest_record, guest, secure_boot) && guest->secure_boot != secure_is)
			uefi_write(context, element, guest->secure_boot);
		return;
	}
	if (given_or_fresh(context, GIVEN(&guest_record, guest, firmware), "firmware"))
		want = string_equal(guest->firmware, "uefi");
	if (given_or_fresh(context, GIVEN(&guest_record, guest, secure_boot), "secure_boot"))
		secure = guest->secure_boot;
	if (want && (!is || secure != secure_is))
		uefi_write(context, element, secure);
	else if (!want && is)
		firmware_clear(element);
}

/* ---- cpu ---- */

static const struct mode {
	const char *model, *mode;
} modes[] = {
	{ "host-passthrough", "host-passthrough" },
	{ "host", "host-model" },
	{ "maximum", "maximum" },
};

static const char *mode_of(const char *model)
{
	for (size_t i = 0; i < COUNT_OF(modes); i++)
		if (strcmp(modes[i].model, model) == 0)
			return modes[i].mode;
	return "custom";
}

/* What a CPU is when nobody says: all that is there. */
static const char *model_default(struct arena *arena, xmlNode *root)
{
	bool emulated = string_equal(xml_get(arena, root, "@type"), "qemu");

	return emulated ? "maximum" : "host-passthrough";
}

/* libvirt replaces host-model by what it found when the guest started, and what may be another
 * model by that; the mark remembers. */
static const char *model_read(struct arena *arena, xmlNode *root)
{
	const char *mode = xml_get(arena, root, "cpu@mode");
	xmlNode *mark = mark_find(root);
	const char *asked = mark ? xml_get(arena, mark, "@cpu") : NULL;

	if (!mode)
		return xml_get(arena, root, "cpu/model");
	if (strcmp(mode, "custom") == 0) {
		bool other = string_equal(asked, "host") ||
			     (asked && xml_has(root, "@id") && xml_has(mark, "@cpu_varies"));
		return other ? asked : xml_get(arena, root, "cpu/model");
	}
	for (size_t i = 0; i < COUNT_OF(modes); i++)
		if (strcmp(modes[i].mode, mode) == 0)
			return modes[i].model;
	return NULL;
}

static const char *const nesting[] = { "vmx", "svm" }; /* Intel's and AMD's */

static const char *nesting_place(struct arena *arena, size_t which)
{
	return arena_printf(arena, "cpu/feature[name=%s]@policy", nesting[which]);
}

/* A named model, or a mode that has no model of its own. */
static void cpu_import(const struct bind_context *context, xmlNode *root, struct guest *guest)
{
	const char *mode = xml_get(context->arena, root, "cpu@mode");
	const char *model = xml_get(context->arena, root, "cpu/model");

	if (mode && strcmp(mode, "custom") != 0)
		for (size_t i = 0; i < COUNT_OF(modes); i++)
			model = strcmp(modes[i].mode, mode) == 0 ? modes[i].model : model;
	if (model && *model)
		SET(&guest_cpu_record, &guest->cpu, model, model);
}

void part_cpu_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest *guest = value;
	const char *model = model_read(context->arena, element);
	bool said = false, nested = false;

	/* Under our mark, a default that nobody asked for is not said to be there: it is no
	 * difference once nobody asks for a model any more. */
	xmlNode *mark = mark_find(element);
	if (context->sparse) {
		cpu_import(context, element, guest);
		return;
	}
	if (model && mark && !xml_has(mark, "@cpu") &&
	    string_equal(model, model_default(context->arena, element)))
		model = NULL;
	if (model)
		SET(&guest_cpu_record, &guest->cpu, model, model);
	for (size_t i = 0; i < COUNT_OF(nesting); i++) {
		const char *policy =
			xml_get(context->arena, element, nesting_place(context->arena, i));
		said = said || policy;
		nested = nested || (policy && strcmp(policy, "disable") != 0 &&
				    strcmp(policy, "forbid") != 0);
	}
	if (said)
		SET(&guest_cpu_record, &guest->cpu, nested, nested);
	if (model || said)
		record_give(&guest_record, guest, offsetof(struct guest, cpu), true);
}

static void model_write(const struct bind_context *context, xmlNode *root, const char *model)
{
	const char *mode = mode_of(model);

	if (context->terse && strcmp(mode, "custom") == 0) {
		xml_set(root, "cpu/model", model); /* the rest is said or libvirt's to choose */
		return;
	}
	xml_remove(root, "cpu");
	xml_set(root, "cpu@mode", mode);
	if (strcmp(mode, "custom") == 0) {
		xml_set(root, "cpu@match", "exact");
		xml_set(root, "cpu/model@fallback", "forbid");
		xml_set(root, "cpu/model", model);
	}
}

void part_cpu_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest *guest = value;
	struct arena *arena = context->arena;
	const char *is = model_read(arena, element), *want = is;

	if (GIVEN(&guest_cpu_record, &guest->cpu, model))
		want = guest->cpu.model;
	else if (context->fresh || bind_resets(context, "cpu.model") ||
		 (!context->terse && is && strcmp(is, model_default(arena, element)) != 0 &&
		  strcmp(mode_of(is), "custom") != 0))
		want = model_default(arena, element);
	if (want && !string_equal(is, want))
		model_write(context, element, want);
	bool reset = bind_resets(context, "cpu.nested");
	for (size_t i = 0; i < COUNT_OF(nesting); i++)
		if (GIVEN(&guest_cpu_record, &guest->cpu, nested))
			xml_set(element, nesting_place(arena, i),
				guest->cpu.nested ? "optional" : "disable");
		else if (reset)
			xml_remove(element,
				   arena_printf(arena, "cpu/feature[name=%s]", nesting[i]));
}

/* What is said no longer is as where nobody says it: libvirt has other defaults. */
void part_cpu_settle(const struct bind_context *context, xmlNode *element, const void *value)
{
	(void)value;
	if (context->terse ||
	    !string_equal(xml_get(context->arena, element, "cpu@mode"), "custom") ||
	    !xml_has(element, "cpu/model"))
		return;
	if (!xml_has(element, "cpu@match"))
		xml_set(element, "cpu@match", "exact");
	if (!xml_has(element, "cpu/model@fallback"))
		xml_set(element, "cpu/model@fallback", "forbid");
}

/* ---- small devices ---- */

#define AGENT_NAME "org.qemu.guest_agent.0"

static xmlNode *agent_find(struct arena *arena, xmlNode *root)
{
	XML_EACH(channel, xml_at(root, "devices"), "channel")
	if (string_equal(xml_get(arena, channel, "target@name"), AGENT_NAME))
		return channel;
	return NULL;
}

xmlNode *part_device(struct arena *arena, xmlNode *root, const char *field)
{
	if (string_equal(field, "guest_agent"))
		return agent_find(arena, root);
	return xml_at(root, arena_printf(arena, "devices/%s", field));
}

void part_vsock_read(const struct bind_context *context, xmlNode *element, void *value)
{
	(void)context, (void)element, (void)value; /* its own row reads it */
}

void part_vsock_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	if (!GIVEN(&guest_record, (const struct guest *)value, vsock) &&
	    bind_resets(context, "vsock"))
		xml_remove(element, "devices/vsock");
}

static void element_remove(xmlNode *element)
{
	xmlUnlinkNode(element);
	xmlFreeNode(element);
}

void part_agent_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest *guest = value;

	if (!context->sparse)
		SET(&guest_record, guest, guest_agent, agent_find(context->arena, element) != NULL);
}

/* By a channel in libvirt's words. */
static bool agent_is_said(const struct map *channels)
{
	for (size_t i = 0; i < channels->count; i++)
		if (string_equal(((const struct guest_port *)channels->at[i].value)->name,
				 AGENT_NAME))
			return true;
	return false;
}

void part_agent_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest *guest = value;
	xmlNode *there = agent_find(context->arena, element);

	if (guest->guest_agent && agent_is_said(&guest->channels))
		return;
	if (!given_or_fresh(context, GIVEN(&guest_record, guest, guest_agent), "guest_agent"))
		return;
	if (there && !guest->guest_agent)
		element_remove(there);
	if (there || !guest->guest_agent)
		return;
	xmlNode *channel = xml_add(xml_make(element, "devices"), "channel");
	xml_set(channel, "@type", "unix");
	xml_set(channel, "target@type", "virtio");
	xml_set(channel, "target@name", AGENT_NAME);
}

void part_rng_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest *guest = value;

	if (!context->sparse)
		SET(&guest_record, guest, rng, xml_has(element, "devices/rng"));
}

void part_rng_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest *guest = value;
	bool given = GIVEN(&guest_record, guest, rng);

	/* `rngs` says better where they come from */
	if (!given_or_fresh(context, given, "rng") || (!given && guest->rngs.count))
		return;
	if (!guest->rng) {
		xml_remove(element, "devices/rng");
	} else if (!xml_has(element, "devices/rng")) {
		xml_set(element, "devices/rng@model", "virtio");
		xml_set(element, "devices/rng/backend@model", "random");
		xml_set(element, "devices/rng/backend", "/dev/urandom");
	}
}

void part_tpm_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest *guest = value;

	if (!context->sparse)
		SET(&guest_record, guest, tpm, xml_has(element, "devices/tpm"));
}

/* One that is there stays as it is: its state is the guest's. */
void part_tpm_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest *guest = value;
	bool given = GIVEN(&guest_record, guest, tpm);

	if (given && guest->tpm && !xml_has(element, "devices/tpm")) {
		xml_set(element, "devices/tpm@model", "tpm-crb");
		xml_set(element, "devices/tpm/backend@type", "emulator");
		xml_set(element, "devices/tpm/backend@version", "2.0");
	} else if ((given && !guest->tpm) || bind_resets(context, "tpm")) {
		xml_remove(element, "devices/tpm");
	}
}

/* ---- our mark ---- */

xmlNode *mark_find(xmlNode *root)
{
	XML_EACH(item, xml_at(root, "metadata"), "item")
	if (item->ns && strcmp((const char *)item->ns->href, XML_OURS) == 0)
		return item;
	return NULL;
}

void mark_write(const struct bind_context *context, xmlNode *root, const char *handle,
		const struct guest *guest)
{
	struct arena *arena = context->arena;
	xmlNode *item = mark_find(root);
	bool block = GIVEN(&guest_record, guest, libvirt_xml);
	bool keeps_block = !block && item && !bind_resets(context, "libvirt_xml");
	const char *kept = keeps_block ? xml_get(arena, item, "") : NULL;

	if (item)
		element_remove(item);
	item = xml_add(xml_make(root, "metadata"), "item");
	xmlSetNs(item, xmlNewNs(item, BAD_CAST XML_OURS, BAD_CAST "gasthof"));
	xml_set(item, "@name", handle);
	xml_set(item, "@uuid", xml_get(arena, root, "uuid"));
	if (GIVEN(&guest_cpu_record, &guest->cpu, model))
		xml_set(item, "@cpu", guest->cpu.model);
	if (string_equal(guest->cpu.match, "minimum") || string_equal(guest->cpu.fallback, "allow"))
		xml_set(item, "@cpu_varies", "yes");
	if (block || (kept && *kept))
		xml_set(item, "", block ? veil(arena, guest->libvirt_xml) : kept);
}

void part_block_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest *guest = value;
	xmlNode *item = mark_find(element);
	const char *block = item ? xml_get(context->arena, item, "") : NULL;

	if (block && *block)
		SET(&guest_record, guest, libvirt_xml, block);
}
