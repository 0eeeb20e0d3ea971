#pragma once

#include <string>

#include "actors/ingress/ingress.hpp"
#include "test/actors/fixture.hpp"

namespace meme::test {

inline const std::string pull_subject = "$JS.API.CONSUMER.MSG.NEXT.MEMES.meme-generator";

struct ingress_fixture : fixture {
  ingress_actor ingress;

  ingress_fixture() {
    shared->options.ingress.max_in_flight = 4;
    all.cache = new_cache();
    all.publisher = new_publisher();
    all.provisioner = new_provisioner();
    all.supervisor = new_supervisor();
  }

  ~ingress_fixture() { kill(ingress); }

  void start() {
    ingress = spawn_ingress(parent(), make_ingress_config(*shared, bus, 1));
    announce(ingress);
    tell(ingress, link_changed{true});
    binding found;
    found.usable = true;
    tell(ingress, found);
  }

  static std::string ack_of(int sequence, int deliveries = 1) {
    return "$JS.ACK.MEMES.meme-generator." + std::to_string(deliveries) + "."
           + std::to_string(sequence) + ".1.1700000000000000000.0";
  }

  void deliver(int sequence, int deliveries = 1, std::string data = R"({"prompt":"a cat"})") {
    auto message = std::make_shared<fake_message>();
    message->subject_text = "meme.request";
    message->reply_text = ack_of(sequence, deliveries);
    message->data_text = std::move(data);
    tell(ingress, delivered{message});
  }

  void deliver_status(const std::string& code, const std::string& pending = {}) {
    auto message = std::make_shared<fake_message>();
    message->subject_text = bus->to(pull_subject).back().reply;
    message->headers["Status"] = code;
    if (!pending.empty())
      message->headers["Nats-Pending-Messages"] = pending;
    tell(ingress, delivered{message});
  }

  void finish(outcome result) {
    tell(ingress, finished{seen.lookups.back()->id, std::move(result)});
  }

  std::string batch_of_last_pull() const {
    auto data = bus->to(pull_subject).back().data;
    return data.substr(0, data.find(','));
  }
};

inline failure passing_failure() {
  return {error_code::model_unavailable, "the model answered 500", true, 0ms};
}

} // namespace meme::test
