#pragma once

// What a running node measures, in the text format of Prometheus, and its access log.

#include "node/http/observer.hpp"
#include "node/http/quotas.hpp"
#include "node/pipeline/publisher.hpp"
#include "node/pipeline/sequencer.hpp"

#include <memory>
#include <string>

namespace handprint::app {

class Metrics final : public http::Observer {
public:
    Metrics();
    ~Metrics() override;

    void exchange(const http::Exchange& done) override;
    void connection_opened() override;
    void connection_closed() override;
    void connection_refused(std::string_view why) override;
    void handler_failed(std::string_view route, std::string_view what) override;

    /// A witness said that the log went back or has two histories, and showed nothing for it.
    void witness_not_believed(const std::string& name);

    [[nodiscard]] std::string text(
        const pipeline::Sequencer& sequencer,
        const pipeline::Publisher& publisher,
        const http::Quotas& quotas
    ) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace handprint::app
