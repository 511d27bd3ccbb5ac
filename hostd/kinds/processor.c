#include "kinds/processor.h"

int processor_ask(struct host *host, struct arena *arena, const struct host_cpu_question *question,
		  struct cpu_model *ret, struct faults *faults)
{
	struct host_cpu_answer answer = {};

	int told = host_cpu(host, question, &answer, faults);
	if (told < 0)
		return -1;
	if (!told || answer.refused)
		return fault(faults, FAULT_HOST, "libvirt says: %s",
			     told ? answer.refused : "it was not asked on this machine");
	return cpu_model_read(arena, answer.cpu, ret, faults);
}

int processor_whole(struct host *host, struct arena *arena, const struct cpu_model *cpu,
		    struct text_list *ret_whole, struct faults *faults)
{
	struct host_cpu_question question = { .ask = HOST_CPU_WHOLE };
	struct cpu_model plain = *cpu, whole;

	plain.host = true;
	text_list_push(arena, &question.of, cpu_model_text(arena, &plain));
	if (processor_ask(host, arena, &question, &whole, faults) < 0)
		return -1;
	*ret_whole = words_without(arena, &whole.require, &cpu->without);
	return 0;
}
