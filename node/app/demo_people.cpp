#include "node/app/demo_people.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/fields.hpp"
#include "node/app/demo_job.hpp"
#include "node/app/resources.hpp"
#include "node/client/key_file.hpp"
#include "node/client/signer.hpp"
#include "node/market/reference.hpp"
#include "node/pipeline/intake.hpp"
#include "node/routes/answers.hpp"
#include "node/routes/imports.hpp"

#include <chrono>
#include <map>
#include <thread>

namespace handprint::app {

namespace {

using market::Int;

struct Person {
    std::string name, party;
    KeyPair key;
    std::vector<std::string> languages;
    std::map<std::string, Int> skills;
};

struct Cast {
    RunningNode& running;
    Person requester;
    std::vector<Person> members;
};

std::vector<std::string> strings(const Json& list) {
    std::vector<std::string> out;
    for (const Json& item : list.items())
        out.push_back(item.text());
    return out;
}

Result<Person> enrol(RunningNode& running, const Json& json) {
    Person person{
        json.at("display_name").text(), "", client::new_key(), strings(json.at("languages")), {}
    };
    for (const Json& skill : json.at("skills").items()) {
        person.skills[skill.at("domain").text()] = skill.at("level").integer();
    }
    market::EnrolMember command;
    command.key = base64_encode(person.key.public_key());
    command.languages = person.languages;
    const auto answer = send_as(
        running, "new", person.key, command, {{"name", "m:#", to_bytes(as_bytes(person.name))}}
    );
    if (!answer) return unexpected(answer.error());
    person.party = "m:" + std::to_string(answer->result.at("member").integer());
    return person;
}

Result<Person> register_requester(RunningNode& running, const std::string& name) {
    Person person{name, "", client::new_key(), {}, {}};
    const auto answer = send_as(
        running,
        "new",
        person.key,
        market::RegisterRequester{base64_encode(person.key.public_key())},
        {{"name", "r:#", to_bytes(as_bytes(name))}}
    );
    if (!answer) return unexpected(answer.error());
    person.party = "r:" + std::to_string(answer->result.at("requester").integer());
    return person;
}

/// A mandate for an agent key in the node's keeping, so that pages and API keys can act.
Result<std::string> grant_door(RunningNode& running, const Person& requester) {
    const auto agent = running.node().sessions.agents().make(requester.party);
    if (!agent) return fail(agent.error().detail);
    market::MakeGrant grant;
    grant.cap = market::Amount{100'000'000'000};
    grant.currency = "KES";
    grant.key = *agent;
    grant.expires = wall_clock_ms() + 365LL * 24 * 3600 * 1000;
    grant.kinds = client::program_kinds();
    const auto answer = send_as(running, requester.party, requester.key, grant);
    if (!answer) return unexpected(answer.error());
    const auto row = routes::row<market::GrantRow>(running.node(), answer->index);
    if (!row) return fail("the grant is missing");
    const auto key = running.node().sessions.api_keys().make(requester.party, *row, "demo");
    if (!key) return fail(key.error().detail);
    return key->key;
}

Result<void> import(Cast& cast, Int batch, const std::vector<api::ImportedTask>& tasks) {
    auto& node = cast.running.node();
    const auto draft = routes::row<market::BatchRow>(node, batch);
    if (!draft) return fail("the batch is missing");
    routes::TaskSealer sealer(node.vault, *draft);
    for (const auto& task : tasks)
        sealer.add(task, node.vault.external_hash(cast.requester.party, "task", task.external));
    auto job = sealer.take(true);
    if (!job || routes::run_now(node, std::move(*job)).verdict != pipeline::Verdict::stored) {
        return fail("tasks could not be stored");
    }
    const auto answer =
        send_as(cast.running, cast.requester.party, cast.requester.key, sealer.command());
    if (!answer) return unexpected(answer.error());
    for (int i = 0; i < 1000; ++i) {
        const auto row = routes::row<market::BatchRow>(node, batch);
        if (row && row->state == static_cast<Int>(market::BatchState::sealed)) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return fail("the import was not sealed");
}

Result<Int> publish(Cast& cast, const DemoJob& job, Int project) {
    auto batch = batch_of(job, project);
    const std::string text = terms_of(job, batch).encode();
    batch.terms = record::terms_hash(text);
    const auto& who = cast.requester;
    const std::string external = job.source.at("slug").text() + (job.test ? "-test" : "");
    batch.external = cast.running.node().vault.external_hash(who.party, "batch", external);
    const auto made = send_as(
        cast.running,
        who.party,
        who.key,
        batch,
        {{"terms", "#", to_bytes(as_bytes(text))}, routes::Content::external_note("batch", external)
        }
    );
    if (!made) return unexpected(made.error());
    const Int number = made->result.at("batch").integer();
    if (auto ok = import(cast, number, tasks_of(job)); !ok) return unexpected(ok.error());
    const auto open = send_as(cast.running, who.party, who.key, market::Publish{number});
    if (!open) return unexpected(open.error());
    return number;
}

/// Claims, answers and hands in, as a member would.
Result<void> work(Cast& cast, const Person& person, const DemoJob& job, Int batch, Int count) {
    auto& node = cast.running.node();
    market::Claim claim;
    claim.member = std::stoll(person.party.substr(2));
    claim.batch = batch;
    claim.count = count;
    const Int now = wall_clock_ms();
    claim.candidates = node.work.ask(now, [&](const matching::OpenWork& open) {
        return open.candidates(batch, claim.member, static_cast<std::size_t>(count) + 8, now, 1);
    });
    pipeline::Job wanted;
    wanted.request.command = claim;
    const auto held = routes::run_now(node, std::move(wanted));
    if (held.verdict != pipeline::Verdict::claimed) return fail("claim: " + held.refusal.detail);
    const auto row = routes::row<market::BatchRow>(node, batch);
    if (!row) return fail("the batch is missing");
    market::Submit submit;
    submit.batch = batch;
    submit.terms = row->terms;
    Json::Array given;
    for (const Int task : held.claim.tasks) {
        const std::string answer = Json::object({{"value", Json(truth_of(job, task))}}).encode();
        record::Salt salt{};
        fill_random(salt);
        submit.answers.push_back(
            {record::commit(salt, answer), static_cast<Int>(answer.size()), task, "application/json"
            }
        );
        given.push_back(Json::object({
            {"content", Json(base64_encode(as_bytes(answer)))},
            {"salt", Json(base64_encode(salt))},
            {"task", Json(task)},
        }));
    }
    const std::string text = Json(std::move(given)).encode();
    const auto done = send_as(
        cast.running,
        person.party,
        person.key,
        submit,
        {},
        {{"answers", "", node.vault.encrypt(as_bytes(text))}}
    );
    if (!done) return unexpected(done.error());
    return {};
}

bool has_skill(RunningNode& running, const Person& person, const std::string& domain) {
    return routes::row<market::SkillRow>(
               running.node(), static_cast<Int>(std::stoll(person.party.substr(2))), domain
    )
        .has_value();
}

/// The members who know the domain take its test; three of them do some tasks.
Result<void>
people_work(Cast& cast, const DemoJob& test, Int test_batch, const DemoJob& job, Int batch) {
    int working = 0;
    for (const Person& person : cast.members) {
        if (!person.skills.contains(job.domain)) continue;
        if (std::find(person.languages.begin(), person.languages.end(), job.language)
            == person.languages.end()) {
            continue;
        }
        const Int size =
            static_cast<Int>(test.source.at("qualification").at("items").items().size());
        if (auto ok = work(cast, person, test, test_batch, size); !ok) return ok;
        for (int i = 0; i < 400 && !has_skill(cast.running, person, job.domain); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        if (working++ < 3) {
            if (auto ok = work(cast, person, job, batch, 3); !ok) return ok;
        }
    }
    return {};
}

Result<void> open_project(Cast& cast, std::string_view resource) {
    auto source = Json::parse(resource, record::JsonMode::lenient);
    if (!source) return fail("demo content: " + record::describe(source.error()));
    const std::string title = source->at("title").text();
    const Json words =
        Json::object({{"description", source->at("summary")}, {"title", Json(title)}});
    const std::string document = words.encode();
    record::Salt salt{};
    fill_random(salt);
    const auto& who = cast.requester;
    const std::string slug = source->at("slug").text();
    const auto made = send_as(
        cast.running,
        who.party,
        who.key,
        market::CreateProject{
            record::commit(salt, document),
            cast.running.node().vault.external_hash(who.party, "project", slug)
        },
        {{"project", "#", routes::Content::project_note(words, salt)},
         routes::Content::external_note("project", slug)}
    );
    if (!made) return unexpected(made.error());
    const Int project = made->result.at("project").integer();
    const std::string domain = source->at("domain").text();
    const std::string language = source->at("language").text();
    DemoJob test{
        source->at("qualification").at("title").text(), title, domain, language, *source, true
    };
    DemoJob job{title, title, domain, language, std::move(*source), false};
    const auto test_batch = publish(cast, test, project);
    if (!test_batch) return unexpected(test_batch.error());
    const auto batch = publish(cast, job, project);
    if (!batch) return unexpected(batch.error());
    return people_work(cast, test, *test_batch, job, *batch);
}

Result<DemoParty> keep(const Person& person, const std::string& dir) {
    std::string file = person.party;
    std::replace(file.begin(), file.end(), ':', '-');
    const std::string path = dir + '/' + file + ".key";
    if (auto ok = client::write_key_file(path, person.party, person.key); !ok) {
        return unexpected(ok.error());
    }
    return DemoParty{person.name, person.party, path};
}

} // namespace

Result<pipeline::Answer> send_as(
    RunningNode& running,
    const std::string& party,
    const KeyPair& key,
    market::Command command,
    std::vector<pipeline::Note> notes,
    std::vector<pipeline::Attachment> attachments
) {
    const CommandId id = client::new_id();
    const std::string kind = market::kind_of(command);
    pipeline::Job job;
    job.request = pipeline::sign_command(std::move(command), party, id, key, running.node().origin);
    job.notes = std::move(notes);
    job.attachments = std::move(attachments);
    auto answer = routes::run_now(running.node(), std::move(job));
    if (answer.verdict != pipeline::Verdict::entry) {
        return fail(kind + ": " + answer.refusal.code + " " + answer.refusal.detail);
    }
    return answer;
}

Json DemoWorld::json() const {
    const auto party = [](const DemoParty& p) {
        return Json::object(
            {{"key_file", Json(p.key_file)}, {"name", Json(p.name)}, {"party", Json(p.party)}}
        );
    };
    Json::Array list;
    for (const auto& member : members)
        list.push_back(party(member));
    return Json::object({
        {"api_key", Json(api_key)},
        {"delegate", Json(delegate_file)},
        {"members", Json(std::move(list))},
        {"requester", requester.party.empty() ? Json() : party(requester)},
    });
}

Result<DemoWorld> DemoWorld::parse(std::string_view text) {
    const auto json = Json::parse(text, record::JsonMode::lenient);
    if (!json) return fail("the demo's notes are not readable");
    const auto party = [](const Json& p) {
        return DemoParty{p.at("name").text(), p.at("party").text(), p.at("key_file").text()};
    };
    DemoWorld world;
    world.api_key = json->at("api_key").text();
    world.delegate_file = json->at("delegate").text();
    for (const Json& member : json->at("members").items())
        world.members.push_back(party(member));
    if (!json->at("requester").is_null()) world.requester = party(json->at("requester"));
    return world;
}

Hash demo_reference(RunningNode& running, std::string_view text) {
    const auto salt = running.node().vault.reference_salt();
    return market::reference_hash(salt, "demo " + std::string(text)).value();
}

Result<DemoWorld> populate(RunningNode& running, const std::string& dir, const KeyPair& delegate) {
    const auto people = Json::parse(resources::people(), record::JsonMode::lenient);
    if (!people) return fail("demo content: people");
    const Json& organisation = people->at("requester");
    auto requester = register_requester(
        running,
        organisation.find("display_name") != nullptr ? organisation.at("display_name").text()
                                                     : organisation.at("name").text()
    );
    if (!requester) return unexpected(requester.error());
    Cast cast{running, std::move(*requester), {}};
    for (const Json& json : people->at("members").items()) {
        auto person = enrol(running, json);
        if (!person) return unexpected(person.error());
        cast.members.push_back(std::move(*person));
    }
    const auto api_key = grant_door(running, cast.requester);
    if (!api_key) return unexpected(api_key.error());
    const auto funded = send_as(
        running,
        "d:0",
        delegate,
        market::Fund{
            market::Amount{10'000'000'00},
            "KES",
            demo_reference(running, "first transfer"),
            static_cast<Int>(std::stoll(cast.requester.party.substr(2)))
        }
    );
    if (!funded) return unexpected(funded.error());
    for (const auto& resource :
         {resources::health_claims(),
          resources::contract_clauses(),
          resources::code_bugs(),
          resources::translate_en_sw(),
          resources::chat_answers()}) {
        if (auto ok = open_project(cast, resource); !ok) return unexpected(ok.error());
    }
    DemoWorld world;
    world.api_key = *api_key;
    auto kept = keep(cast.requester, dir);
    if (!kept) return unexpected(kept.error());
    world.requester = *kept;
    for (const Person& person : cast.members) {
        auto member = keep(person, dir);
        if (!member) return unexpected(member.error());
        world.members.push_back(std::move(*member));
    }
    return world;
}

} // namespace handprint::app
