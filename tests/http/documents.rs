//! What the service says of itself: the API document, Swagger UI, the types of problem, its figures.

use serde_json::Value;

use crate::support::{ordinary, problem, start};

#[tokio::test]
async fn the_served_document_is_the_one_that_is_printed() {
    let service = start();
    let served = service.json("/openapi.json").await;
    assert_eq!(served, serde_json::to_value(kneadsafe::api::openapi()).unwrap());
    let twice = [(); 2].map(|()| serde_json::to_string(&kneadsafe::api::openapi()).unwrap());
    assert_eq!(twice[0], twice[1]);
    assert_eq!(served["openapi"], "3.1.0");
}

#[tokio::test]
async fn every_operation_is_named_described_and_tells_how_it_fails() {
    let service = start();
    let document = service.json("/openapi.json").await;
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for member in ["operationId", "summary", "description"] {
                assert!(operation[member].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}: {member}");
            }
            assert!(ids.insert(operation["operationId"].to_string()), "{path}");
            assert_eq!(operation["tags"].as_array().unwrap().len(), 1);
            let fails = operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('4'));
            assert!(fails || !path.starts_with("/v1"), "{path}");
        }
    }
}

#[tokio::test]
async fn names_of_the_ruleset_are_published() {
    let service = start();
    let document = service.json("/openapi.json").await;
    let names = |schema: &str| document["components"]["schemas"][schema]["enum"].as_array().unwrap().clone();
    assert!(names("MassageTypeName").contains(&"thai".into()));
    assert!(names("BodyRegionName").contains(&"lower-back".into()));
    assert!(names("TechniqueName").contains(&"twisting".into()));
    assert_eq!(document["components"]["schemas"]["ConditionRequest"]["oneOf"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn swagger_ui_is_served_from_here_alone() {
    let service = start();
    let redirect = service.get("/docs").send().await.unwrap();
    assert_eq!((redirect.status().as_u16(), redirect.headers()["location"].to_str().unwrap()), (308, "/docs/"));
    let page = service.get("/docs/").send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("swagger-ui") && !page.contains("http://") && !page.contains("https://"), "{page}");
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "index.css"] {
        assert_eq!(service.get(&format!("/docs/{file}")).send().await.unwrap().status(), 200, "{file}");
    }
    let setup = service.get("/docs/swagger-initializer.js").send().await.unwrap().text().await.unwrap();
    assert!(setup.contains("/openapi.json"), "{setup}");
}

#[tokio::test]
async fn every_problem_type_has_a_page() {
    let service = start();
    let types = service.json("/problems").await;
    assert!(types["total"].as_u64().unwrap() >= 15);
    for kind in types["items"].as_array().unwrap() {
        let address = kind["type"].as_str().unwrap();
        assert_eq!(&service.json(address).await, kind);
        let page = service.get(address).header("accept", "text/html,*/*;q=0.5").send().await.unwrap();
        assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(page.text().await.unwrap().contains(kind["title"].as_str().unwrap()));
    }
    problem(service.get("/problems/other").send().await.unwrap(), 404, "not-found").await;
}

#[tokio::test]
async fn the_landing_page_leads_to_the_documentation() {
    let service = start();
    let page = service.get("/").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("/docs/") && page.contains("/openapi.json") && page.contains("not a diagnosis"));
}

#[tokio::test]
async fn figures_count_requests_and_screenings_and_name_no_client() {
    let service = start();
    let verdict =
        service.screen(&ordinary()).await.json::<Value>().await.unwrap()["verdict"].as_str().unwrap().to_owned();
    service.get("/secret-canary").send().await.unwrap();
    let figures = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(figures.contains(&format!("kneadsafe_screenings_total{{verdict=\"{verdict}\",ruleset=\"")), "{figures}");
    assert!(
        figures.contains("kneadsafe_http_requests_total{route=\"/v1/screenings\",method=\"POST\",status=\"2xx\"} 1")
    );
    assert!(figures.contains("kneadsafe_http_requests_total{route=\"unknown\",method=\"GET\",status=\"4xx\"} 1"));
    assert!(!figures.contains("canary") && !figures.contains("hypertension"));
}
