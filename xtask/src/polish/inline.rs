//! Lets a program compile the functions that it calls, and no others: to compile all takes half of the client's build.

use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, Type, parse_quote};

/// Leaves the functions of a block to the programs that call them.
pub(super) fn compile_where_called(functions: &mut ItemImpl) {
    for member in &mut functions.items {
        if let ImplItem::Fn(function) = member
            && !is_generic(function)
        {
            function.attrs.push(parse_quote!(#[inline]));
        }
    }
}

/// Whether each program compiles a function anyway.
fn is_generic(function: &ImplItemFn) -> bool {
    let takes_any =
        |argument: &FnArg| matches!(argument, FnArg::Typed(argument) if matches!(*argument.ty, Type::ImplTrait(_)));
    !function.sig.generics.params.is_empty() || function.sig.inputs.iter().any(takes_any)
}
