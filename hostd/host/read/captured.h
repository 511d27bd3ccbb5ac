/* captured.h - the pieces of the captured machine (captured.c, captured_files.c). */
#pragma once

#include "document/node.h"
#include "host/read/host.h"

struct captured {
	struct host host;
	int folder, root; /* root: fs/, or -1 where there is none */
	const char *failing;
	const struct node *files; /* files.json */
};

struct captured *captured_of(struct host *host);

/* A member of a map of JSON; the fallback where there is none. */
const char *captured_text(const struct node *map, const char *key, const char *fallback);
bool captured_flag(const struct node *map, const char *key, bool fallback);
uint64_t captured_number(const struct node *map, const char *key, int base, uint64_t fallback);

/* -1 with a fault where the folder's file `failing` has this line, else 0. */
int captured_failing(struct captured *captured, const char *what, struct faults *faults) MUST_CHECK;

/* A JSON file of the folder: 1, 0 or -1. */
int captured_json(struct captured *captured, const char *path, struct node **ret,
		  struct faults *faults) MUST_CHECK;

bool captured_has_name(const struct host_names *names, const char *name);

/* The captured machine's op of that name (host_ops). */
int captured_read(struct host *host, const char *path, const char **ret_text, size_t *ret_size,
		  struct faults *faults);
int captured_list(struct host *host, const char *path, struct host_names *ret,
		  struct faults *faults);
int captured_link(struct host *host, const char *path, const char **ret_target,
		  struct faults *faults);
int captured_stat(struct host *host, const char *path, struct host_file *ret,
		  struct faults *faults);
int captured_xattr(struct host *host, const char *path, const char *name, const char **ret_value,
		   struct faults *faults);
int captured_space(struct host *host, const char *path, uint64_t *ret_free, struct faults *faults);
int captured_image(struct host *host, const char *path, struct host_image *ret,
		   struct faults *faults);
int captured_archive(struct host *host, const char *path, struct host_archive *ret,
		     struct faults *faults);
int captured_kernel_module(struct host *host, const char *name, struct host_kernel_module *ret,
			   struct faults *faults);
int captured_domain_capabilities(struct host *host, const char *virt, const char **ret_xml,
				 struct faults *faults);
int captured_cpu(struct host *host, const struct host_cpu_question *question,
		 struct host_cpu_answer *ret, struct faults *faults);
int captured_kvm(struct host *host, struct host_kvm *ret, struct faults *faults);
int captured_cpuid(struct host *host, uint32_t leaf, struct host_cpuid *ret, struct faults *faults);
int captured_msr(struct host *host, uint32_t number, uint64_t *ret, struct faults *faults);
