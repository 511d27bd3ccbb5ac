#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"

const struct command_verb command_verbs[] = {
	{ "validate", "FILE...", "find every mistake of a description, offline", TAKES_OUTPUT, 1,
	  64, command_validate },
	{ "check", "[FILE]", "what this machine can do, and whether it can carry a description",
	  TAKES_OUTPUT | TAKES_ROOT | TAKES_STATE, 0, 1, command_check },
	{ "show", "[FILE]",
	  "the description as understood: includes, profiles, shorthands resolved",
	  TAKES_OUTPUT | TAKES_IMPLIED, 0, 1, command_show },
	{ "plan", "[FILE]", "what would change, field by field, with its class",
	  TAKES_OUTPUT | TAKES_ROOT | TAKES_STATE | TAKES_EXIT_CODE | TAKES_VERBOSE, 0, 1,
	  command_plan },
	{ "apply", "[FILE]", "make it so, journaled",
	  TAKES_OUTPUT | TAKES_STATE | TAKES_ALLOW | TAKES_PLAN | TAKES_VERBOSE | TAKES_PARTIAL, 0,
	  1, command_apply },
	{ "status", "[FILE]", "wanted against what is there, item by item",
	  TAKES_OUTPUT | TAKES_ROOT | TAKES_STATE | TAKES_EXIT_CODE, 0, 1, command_status },
	{ "history", "", "the runs that changed this host", TAKES_OUTPUT | TAKES_STATE, 0, 0,
	  command_history },
	{ "rollback", "[RUN]", "take back the last run, or that run and all later ones",
	  TAKES_OUTPUT | TAKES_STATE | TAKES_ALLOW | TAKES_VERBOSE, 0, 1, command_rollback },
	{ "render", "KIND/NAME [FILE]", "the artefact itself: domain XML, dnsmasq file, rules", 0,
	  1, 2, command_render },
	{ "import", "FILE", "a description of what a libvirt XML file says", 0, 1, 1,
	  command_import },
	{ "export", "[WHAT]", "a description of what is there",
	  TAKES_OUTPUT | TAKES_ROOT | TAKES_STATE, 0, 1, command_export },
	{ "adopt", "WHAT [FILE]", "take over what somebody else made, and change nothing of it",
	  TAKES_OUTPUT | TAKES_STATE | TAKES_VERBOSE, 1, 2, command_adopt },
	{ "explain", "[PATH]", "what can be said at a place of a description", TAKES_MANUAL, 0, 1,
	  command_explain },
	{ "schema", "", "the language as JSON Schema, for editors", TAKES_OUTPUT, 0, 0,
	  command_schema },
	{ "console", "", "name, addresses, state and first fault of this host", 0, 0, 0,
	  command_console },
	{ "run", "start|change|look", "one run of the agent", TAKES_STATE, 1, 2, command_run },
	{ "guests", "start|stop", "guests as the host comes up or goes down, in their order",
	  TAKES_STATE, 1, 1, command_guests },
	{ "trial", "judge|expire", "whether a boot on trial is kept", 0, 1, 1, command_trial },
	{},
};

static const struct option_row {
	unsigned bit; /* 0: every verb takes it */
	struct option option;
	const char *argument, *help;
} option_rows[] = {
	{ TAKES_OUTPUT,
	  { "output", required_argument, NULL, 'o' },
	  "FORMAT",
	  "text, json or yaml" },
	{ TAKES_ROOT,
	  { "root", required_argument, NULL, 'r' },
	  "DIR",
	  "look at a captured machine" },
	{ TAKES_STATE,
	  { "state", required_argument, NULL, 's' },
	  "DIR",
	  "the journal's folder, " STATE_PATH },
	{ TAKES_ALLOW,
	  { "allow", required_argument, NULL, 'a' },
	  "CLASS",
	  "allow changes of this class too; may be given again" },
	{ TAKES_PLAN,
	  { "plan", required_argument, NULL, 'p' },
	  "HASH",
	  "only if the plan is still this one" },
	{ TAKES_EXIT_CODE,
	  { "exit-code", no_argument, NULL, 'e' },
	  NULL,
	  "exit with 2 where changes are pending" },
	{ TAKES_IMPLIED,
	  { "implied", no_argument, NULL, 'i' },
	  NULL,
	  "with the items that others imply" },
	{ TAKES_PARTIAL,
	  { "partial", no_argument, NULL, 'P' },
	  NULL,
	  "do what is allowed, and leave the rest" },
	{ TAKES_MANUAL, { "manual", no_argument, NULL, 'm' }, NULL, "all of it as a manual page" },
	{ TAKES_VERBOSE, { "verbose", no_argument, NULL, 'v' }, NULL, "with every step" },
	{ 0, { "help", no_argument, NULL, 'h' }, NULL, "this text" },
};

static const struct command_verb *verb_find(const char *name)
{
	for (const struct command_verb *verb = command_verbs; verb->name; verb++)
		if (strcmp(verb->name, name) == 0)
			return verb;
	return NULL;
}

static void usage(FILE *out)
{
	fputs("usage: gasthof VERB [OPTIONS] [ARGUMENTS]\n\n", out);
	for (const struct command_verb *verb = command_verbs; verb->name; verb++)
		fprintf(out, "  %-9s %-17s %s\n", verb->name, verb->arguments, verb->summary);
	fputs("\ngasthof VERB --help tells the options of a verb.\n", out);
}

static void usage_verb(FILE *out, const struct command_verb *verb)
{
	fprintf(out, "usage: gasthof %s [OPTIONS] %s\n\n%s\n\n", verb->name, verb->arguments,
		verb->summary);
	for (size_t i = 0; i < COUNT_OF(option_rows); i++) {
		const struct option_row *row = &option_rows[i];
		if (row->bit && !(verb->takes & row->bit))
			continue;
		fprintf(out, "  -%c, --%s %s\n", row->option.val, row->option.name,
			row->argument ? row->argument : "");
		fprintf(out, "        %s\n", row->help);
	}
}

static bool option_take(struct options *options, int letter)
{
	int class = -1;

	switch (letter) {
	case 'o':
		options->output = output_find(optarg);
		return options->output != NULL;
	case 'r':
		options->root = optarg;
		return true;
	case 's':
		options->state = optarg;
		return true;
	case 'p':
		options->plan_hash = optarg;
		return strlen(optarg) >= 8;
	case 'a':
		class = class_of(optarg);
		options->allow |= class < 0 ? 0 : 1u << class;
		return class >= 0;
	case 'e':
		options->exit_code = true;
		return true;
	case 'i':
		options->implied = true;
		return true;
	case 'P':
		options->partial = true;
		return true;
	case 'm':
		options->manual = true;
		return true;
	case 'v':
		options->verbose = true;
		return true;
	default:
		return false;
	}
}

/* Fills the options of a verb; true, or false after a line on standard error. */
static bool options_read(const struct command_verb *verb, int argc, char **argv,
			 struct options *options)
{
	struct option longs[COUNT_OF(option_rows) + 1] = {};
	char shorts[2 * COUNT_OF(option_rows) + 1] = "";
	size_t count = 0, size = 0;

	for (size_t i = 0; i < COUNT_OF(option_rows); i++) {
		const struct option_row *row = &option_rows[i];
		if (row->bit && !(verb->takes & row->bit))
			continue;
		longs[count++] = row->option;
		shorts[size++] = (char)row->option.val;
		if (row->option.has_arg == required_argument)
			shorts[size++] = ':';
	}
	optind = 1;
	for (int letter; (letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
		if (letter == 'h') {
			usage_verb(stdout, verb);
			exit(EXIT_DONE);
		}
		if (letter == '?')
			return false;
		if (!option_take(options, letter)) {
			fprintf(stderr, "gasthof %s: -%c does not take \"%s\"\n", verb->name,
				letter, optarg);
			return false;
		}
	}
	options->argument_count = argc - optind;
	options->arguments = argv + optind;
	if (options->argument_count >= verb->least && options->argument_count <= verb->most)
		return true;
	fprintf(stderr, "usage: gasthof %s [OPTIONS] %s\n", verb->name, verb->arguments);
	return false;
}

static int verb_run(const struct command_verb *verb, const struct options *options)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct session session = { .arena = arena, .options = options };

	faults_init(&session.faults, arena);
	sources_init(&session.sources, arena);
	session.reporter = (struct reporter){
		.out = stdout,
		.err = stderr,
		.colour = isatty(STDOUT_FILENO),
		.verbose = options->verbose,
		.sources = &session.sources,
		.arena = arena,
	};
	int status = verb->run(&session);
	if (fflush(stdout) != 0)
		return EXIT_FAILED;
	return status;
}

/* What is not a verb for people: the agent (under its own name: hostd), what hears libvirt for it,
 * and the workers that steps start, which parse the bytes of strangers. */
static int module_run(const char *part, int argc, char **argv)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults;

	faults_init(&faults, arena);
	const struct host_module *module = host_module_load(&faults);
	if (!module) {
		fprintf(stderr, "hostd: %s\n", faults.first->message);
		return EXIT_FAILED;
	}
	return strcmp(part, "worker") == 0   ? module->worker(argc, argv)
	       : strcmp(part, "listen") == 0 ? module->listen(argc, argv)
					     : module->agent(argc, argv);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	struct options options = { .output = &output_text, .state = STATE_PATH };
	const char *name = argc > 1 ? argv[1] : "help";

	if (strcmp(base_name(argv[0]), "hostd") == 0 && argc < 2)
		return module_run("agent", argc, argv);
	if (strcmp(name, "agent") == 0)
		return module_run(name, argc - 1, argv + 1);
	if (strcmp(name, "worker") == 0 || strcmp(name, "listen") == 0)
		return module_run(name, argc, argv);
	if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
		puts("gasthof " GASTHOF_VERSION);
		return EXIT_DONE;
	}
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		usage(stdout);
		return argc > 1 ? EXIT_DONE : EXIT_FAILED;
	}
	const struct command_verb *verb = verb_find(name);
	if (!verb) {
		fprintf(stderr, "gasthof: there is no verb \"%s\", see gasthof help\n", name);
		return EXIT_FAILED;
	}
	if (!options_read(verb, argc - 1, argv + 1, &options))
		return EXIT_FAILED;
	return verb_run(verb, &options);
}
