#include "config/settings/command.hpp"

#include "config/settings/check.hpp"

namespace meme::config {

namespace {

using namespace std::chrono_literals;
using rows = std::vector<setting>;

rows options_of(serve_command&) {
  return {};
}

rows options_of(provision_command& provision) {
  rows table;
  table.emplace_back("plan", &provision.plan, "only say what would be done");
  return table;
}

rows options_of(request_command& request) {
  rows table;
  table.emplace_back("prompt", &request.prompt, "what to draw")
      .placeholder("TEXT")
      .takes("text", check::not_empty)
      .required();
  table.emplace_back("negative", &request.negative_prompt, "what not to draw").placeholder("TEXT");
  table.emplace_back("id", &request.id, "the request's id; else a new one").placeholder("ID");
  table.emplace_back("fast", &request.fast_mode, "a rough picture, soon");
  table.emplace_back("small", &request.small_image, "512 x 512 pixels");
  table.emplace_back("width", &request.width, "in pixels").placeholder("N");
  table.emplace_back("height", &request.height, "in pixels").placeholder("N");
  table.emplace_back("steps", &request.num_inference_steps, "num_inference_steps").placeholder("N");
  table.emplace_back("guidance", &request.guidance_scale, "guidance_scale")
      .placeholder("X")
      .range(0, 1'000'000);
  table.emplace_back("seed", &request.seed, "the same seed draws the same picture")
      .placeholder("N")
      .takes("a whole number from 0 to 18446744073709551615, or -1 for any", check::seed);
  table.emplace_back("subject", &request.subject, "where to ask; else nats.request-subject")
      .placeholder("SUBJECT")
      .takes("a subject without wildcards", check::subject);
  table.emplace_back("output", &request.output, "the picture's file; else named after the id")
      .placeholder("FILE");
  table.emplace_back("timeout", &request.timeout, "how long to wait for the answer")
      .placeholder("SECONDS")
      .plain_seconds()
      .range(1s, 24h);
  return table;
}

rows options_of(watch_command& watch) {
  rows table;
  table.emplace_back("output-dir", &watch.output_folder, "where the pictures are saved")
      .placeholder("FOLDER")
      .takes("a folder", check::not_empty);
  table.emplace_back("timeout", &watch.timeout, "stop after so long; 0: never")
      .placeholder("SECONDS")
      .plain_seconds()
      .range(0s, 87'600h);
  table.emplace_back("count", &watch.count, "stop after so many answers; 0: never")
      .placeholder("N");
  table.emplace_back("subject", &watch.subject, "what to watch; else nats.response-subject")
      .placeholder("SUBJECT")
      .takes("a subject without wildcards", check::subject);
  return table;
}

rows options_of(dead_command& dead) {
  rows table;
  table.emplace_back("ACTION", &dead.action, "list, show, requeue or purge")
      .one_of("list|show|requeue|purge")
      .required()
      .positional();
  table
      .emplace_back("WHICH", &dead.which,
                    "a letter's number as `list` shows it; requeue and purge also take all")
      .takes("a number or all", check::number_or_all)
      .positional();
  table.emplace_back("count", &dead.count, "list no more than so many; 0: all").placeholder("N");
  return table;
}

rows options_of(load_command& load) {
  rows table;
  table.emplace_back("count", &load.count, "how many requests")
      .placeholder("N")
      .range(1, 100'000'000);
  table.emplace_back("rate", &load.rate, "requests a second; 0: as fast as they are taken")
      .placeholder("X")
      .range(0, 1'000'000);
  table.emplace_back("hit-ratio", &load.hit_ratio, "share that repeats an answered prompt, 0..1")
      .placeholder("X")
      .range(0, 1);
  table.emplace_back("seed", &load.seed, "of what is repeated").placeholder("N");
  table.emplace_back("small", &load.small_image, "512 x 512 pixels");
  table.emplace_back("subject", &load.subject, "where to ask; else nats.request-subject")
      .placeholder("SUBJECT")
      .takes("a subject without wildcards", check::subject);
  table.emplace_back("timeout", &load.timeout, "how long to wait once all are asked")
      .placeholder("SECONDS")
      .plain_seconds()
      .range(1s, 24h);
  return table;
}

} // namespace

const std::vector<command_kind>& command_kinds() {
  static const std::string wrong = "the command line or another setting is wrong";
  static const std::vector<command_kind> kinds = {
      {"serve",
       "take requests and answer them (the default)",
       serve_command{},
       {"it was asked to end (SIGTERM, SIGINT) and has ended in order", "it cannot do its work",
        wrong, ""}},
      {"provision",
       "make or check stream and consumer, then exit",
       provision_command{},
       {"they can be served", "they cannot, or NATS cannot be used", wrong, ""}},
      {"request",
       "ask for one picture, wait for it and save it",
       request_command{},
       {"the picture is saved",
        "the answer is an error or no picture, or NATS or the file cannot be used", wrong,
        "no answer came in time; the request stays in the queue"}},
      {"watch",
       "save each picture that is published",
       watch_command{},
       {"it ended at its count; without --count: at its time or by a signal",
        "NATS or the folder cannot be used", wrong, "fewer answers than --count came"}},
      {"dead",
       "look after the requests that ran out of attempts",
       dead_command{},
       {"done", "there is no such dead letter, or NATS cannot be used", wrong, ""}},
      {"load",
       "ask for many pictures and say how long they took",
       load_command{},
       {"every request got its picture",
        "a request got an error or no picture, or NATS cannot be used", wrong,
        "answers are missing"}}};
  return kinds;
}

std::vector<setting> options_of(command& which) {
  return std::visit([](auto& chosen) { return options_of(chosen); }, which);
}

} // namespace meme::config
