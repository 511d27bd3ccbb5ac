/* captured_cpu.c - what libvirt said of processors, as it was written down. */
#include "host/read/captured.h"

#include "host/read/files.h"

int captured_domain_capabilities(struct host *host, const char *virt, const char **ret_xml,
				 struct faults *faults)
{
	struct captured *captured = captured_of(host);
	size_t size = 0;

	if (captured_failing(captured, "domcapabilities", faults) < 0)
		return -1;
	return files_read(host->arena, captured->folder,
			  arena_printf(host->arena, "libvirt/domcapabilities.%s.xml", virt),
			  ret_xml, &size, faults);
}

static const char *ask_name(enum host_cpu_ask ask)
{
	static const char *const names[] = {
		[HOST_CPU_BASELINE] = "baseline",
		[HOST_CPU_WHOLE] = "whole",
	};

	return names[ask];
}

static bool is_asked(const struct node *entry, const struct host_cpu_question *question)
{
	const struct node *of = node_get(entry, "of");
	size_t i = 0;

	if (!string_equal(captured_text(entry, "ask", NULL), ask_name(question->ask)) ||
	    !string_equal(captured_text(entry, "virt", question->virt), question->virt) || !of ||
	    of->count != question->of.count)
		return false;
	NODE_EACH(cpu, of)
		if (!string_equal(cpu->text, question->of.at[i++]))
			return false;
	return true;
}

int captured_cpu(struct host *host, const struct host_cpu_question *question,
		 struct host_cpu_answer *ret, struct faults *faults)
{
	struct node *list = NULL;

	if (captured_failing(captured_of(host), "cpus", faults) < 0)
		return -1;
	int there = captured_json(captured_of(host), "libvirt/cpus.json", &list, faults);
	if (there != 1)
		return there;
	NODE_EACH(entry, list) {
		if (!is_asked(entry, question))
			continue;
		*ret = (struct host_cpu_answer){
			.cpu = captured_text(entry, "answer", ""),
			.refused = captured_text(entry, "refused", NULL),
		};
		return 1;
	}
	return 0;
}
